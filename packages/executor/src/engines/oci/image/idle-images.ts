/** An image that nobody holds and that is still in the container engine. */
interface IdleImage {
  readonly bytes: number;
}

/** Which images stay in the container engine when nobody holds them: those used last, up to a bound. */
export class IdleImages {
  readonly #maxBytes: number;
  /** In the order of their last uses. */
  readonly #images = new Map<string, IdleImage>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  has(id: string): boolean {
    return this.#images.has(id);
  }

  /** Nobody holds it any more. */
  add(id: string, bytes: number): void {
    this.#images.delete(id);
    this.#images.set(id, { bytes });
  }

  /** Somebody holds it, or it is gone. */
  delete(id: string): void {
    this.#images.delete(id);
  }

  /** What has to go, the longest unused first, so that no more than the bound is left. It is forgotten here. */
  takeSurplus(maxBytes = this.#maxBytes): { readonly id: string; readonly bytes: number }[] {
    let all = [...this.#images.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    const surplus = [];
    for (const [id, { bytes }] of this.#images) {
      if (all <= maxBytes) break;
      all -= bytes;
      this.#images.delete(id);
      surplus.push({ id, bytes });
    }
    return surplus;
  }
}
