/** Keeps large files by digest, as memory that workers share, and forgets the ones that were longest unused. */
export class KeyCache {
  readonly #files = new Map<string, Promise<SharedArrayBuffer>>();
  readonly #sizes = new Map<string, number>();
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @param load Reads the file whose digest this is; called once for those who ask at the same time. */
  async get(digest: string, load: () => Promise<Uint8Array>): Promise<SharedArrayBuffer> {
    const known = this.#files.get(digest);
    if (known) {
      // Asked last is forgotten last.
      this.#files.delete(digest);
      this.#files.set(digest, known);
      return await known;
    }
    const loading = load().then((bytes) => {
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      this.#sizes.set(digest, bytes.length);
      this.#forget();
      return shared;
    });
    this.#files.set(digest, loading);
    loading.catch(() => this.#files.delete(digest));
    return await loading;
  }

  get bytes(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  #forget(): void {
    for (const digest of this.#files.keys()) {
      if (this.bytes <= this.#maxBytes) return;
      this.#files.delete(digest);
      this.#sizes.delete(digest);
    }
  }
}
