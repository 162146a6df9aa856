import { type FileHandle, open } from "node:fs/promises";

import { bytesToHex, type Hash, hexToBytes } from "viem";

const DIGEST_BYTES = 32;

/**
 * The digests of a bag's finished items in a file, so that a restart repeats only what was under
 * way. The file is a hint: a digest counts only if its document is in storage.
 */
export class BagProgress {
  readonly #file: FileHandle;
  /** 32 bytes per item; zero where an item is not finished. */
  readonly digests: Uint8Array;

  private constructor(file: FileHandle, digests: Uint8Array) {
    this.#file = file;
    this.digests = digests;
  }

  static async open(path: string, count: number): Promise<BagProgress> {
    const digests = new Uint8Array(count * DIGEST_BYTES);
    // "a+" creates without truncating but only appends; "r+" needs the file to be there.
    await (await open(path, "a")).close();
    const file = await open(path, "r+");
    await file.read(digests, 0, digests.length, 0);
    return new BagProgress(file, digests);
  }

  digest(index: number): Hash | undefined {
    const digest = this.digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
    return digest.some((byte) => byte !== 0) ? bytesToHex(digest) : undefined;
  }

  async put(index: number, digest: Hash): Promise<void> {
    const bytes = hexToBytes(digest);
    this.digests.set(bytes, index * DIGEST_BYTES);
    await this.#file.write(bytes, 0, DIGEST_BYTES, index * DIGEST_BYTES);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
