import { createHash } from "node:crypto";

const DOMAIN = "deco/wasm/random/1";
/** Stands for "no item" in the seed; no bag has so many. */
const NO_ITEM = 0xffff_ffff;
const BLOCK_BYTES = 32;

/**
 * The bytes that `random_get` yields: SHA-256 of a seed and a block counter, the seed being
 * SHA-256 of a domain, the module's SHA-256 and the item's index. The same on every machine,
 * hence known to everyone: not for keys.
 */
export class RandomStream {
  readonly #seed: Buffer;
  #counter = 0n;
  #block: Uint8Array = new Uint8Array();

  constructor(moduleDigest: Uint8Array, itemIndex?: number) {
    const index = Buffer.alloc(4);
    index.writeUInt32LE(itemIndex ?? NO_ITEM);
    this.#seed = createHash("sha256").update(DOMAIN).update(moduleDigest).update(index).digest();
  }

  fill(target: Uint8Array): void {
    let filled = 0;
    while (filled < target.length) {
      if (this.#block.length === 0) this.#block = this.#next();
      const part = this.#block.subarray(0, target.length - filled);
      target.set(part, filled);
      this.#block = this.#block.subarray(part.length);
      filled += part.length;
    }
  }

  #next(): Uint8Array {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64LE(this.#counter);
    this.#counter += 1n;
    const block = createHash("sha256").update(this.#seed).update(counter).digest();
    return block.subarray(0, BLOCK_BYTES);
  }
}
