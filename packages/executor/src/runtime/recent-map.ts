/** Keeps what was used last, up to a number of entries: a memory of what can be worked out anew. */
export class RecentMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** What is kept for the key, or else what `make` gives, which is kept from now on. */
  get(key: Key, make: (key: Key) => Value): Value {
    const value = this.#entries.has(key) ? (this.#entries.get(key) as Value) : make(key);
    // The one used last is the last of the map.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return value;
  }
}
