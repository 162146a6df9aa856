import { AttestError } from "../errors.ts";

/** Reads big-endian structures of the TPM; whatever is missing or left over is refused. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #name: string;
  #offset = 0;

  /** @param name of the structure, for errors */
  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = Buffer.from(bytes);
    this.#name = name;
  }

  get offset(): number {
    return this.#offset;
  }

  take(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw this.invalid("it ends too early");
    const part = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }

  u8(): number {
    return this.take(1).readUInt8();
  }

  u16(): number {
    return this.take(2).readUInt16BE();
  }

  u32(): number {
    return this.take(4).readUInt32BE();
  }

  /** Bytes with their 16-bit length before them. */
  sized(): Buffer {
    return this.take(this.u16());
  }

  since(offset: number): Buffer {
    return this.#bytes.subarray(offset, this.#offset);
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) throw this.invalid("bytes follow it");
  }

  invalid(why: string): AttestError {
    return new AttestError(
      "evidence-invalid",
      `The ${this.#name} cannot be read: ${why}.`,
      "Make the evidence again with deco attest quote.",
    );
  }
}
