import type { Socket } from "node:net";

/** Counts what sockets have sent and received in all, and tells once when it is more than allowed. */
export class ByteMeter {
  readonly #limit: number;
  readonly #onSpent: () => void;
  readonly #open = new Set<Socket>();
  #closed = 0;
  #told = false;

  constructor(limit: number, onSpent: () => void) {
    this.#limit = limit;
    this.#onSpent = onSpent;
  }

  get used(): number {
    let sum = this.#closed;
    for (const socket of this.#open) sum += bytesOf(socket);
    return sum;
  }

  get isSpent(): boolean {
    return this.used > this.#limit;
  }

  watch(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#closed += bytesOf(socket);
      this.check();
    });
  }

  /** To be called whenever bytes may have passed. */
  check(): void {
    if (this.#told || !this.isSpent) return;
    this.#told = true;
    for (const socket of this.#open) socket.destroy();
    this.#onSpent();
  }
}

function bytesOf(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten;
}
