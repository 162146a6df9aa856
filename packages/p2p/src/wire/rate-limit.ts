export interface RateLimitOptions {
  /** Messages that a peer may send at once after a pause. */
  readonly burst: number;
  /** Messages a second that a peer may send on and on. */
  readonly perSecond: number;
  /** Peers remembered; those silent for longest are forgotten first. */
  readonly maxPeers: number;
}

interface Bucket {
  tokens: number;
  readonly at: number;
}

/** A bucket of tokens for every peer. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /**
   * Whether the peer may send one more message now.
   * @param now Milliseconds of a clock that never runs back.
   */
  take(peer: string, now: number): boolean {
    const { burst, perSecond, maxPeers } = this.#options;
    const last = this.#buckets.get(peer);
    const refilled = last ? last.tokens + ((now - last.at) / 1_000) * perSecond : burst;
    const tokens = Math.min(burst, refilled);
    const allowed = tokens >= 1;
    // Written anew, so that the order of the map is the order of the last messages.
    this.#buckets.delete(peer);
    this.#buckets.set(peer, { tokens: allowed ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > maxPeers) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return allowed;
  }
}
