import { RequesterError } from "../errors.ts";
import { DEFAULT_RESULT_BYTES, DEFAULT_RESULT_FILES, type ResultLimits } from "./limits.ts";

/** Counts down what may still be fetched for a result. */
export class Budget {
  readonly maxFiles: number;
  readonly #maxBytes: number;
  #spent = 0;

  constructor({ maxBytes, maxFiles }: ResultLimits) {
    this.maxFiles = maxFiles ?? DEFAULT_RESULT_FILES;
    this.#maxBytes = maxBytes ?? DEFAULT_RESULT_BYTES;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws RequesterError `result-too-large` */
  spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent <= this.#maxBytes) return;
    throw new RequesterError(
      "result-too-large",
      `The result has more than ${this.#maxBytes} bytes.`,
      { remedy: "Allow more bytes if you expect that much." },
    );
  }
}
