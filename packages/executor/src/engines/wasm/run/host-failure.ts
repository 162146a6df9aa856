/** A run that this machine could not carry out, though the program kept its limits. */
export class HostFailure extends Error {
  override readonly name = "HostFailure";
  readonly code: "memory" | "stack";
  readonly remedy = "Give the executor more memory, or run fewer tasks at once.";

  constructor(code: "memory" | "stack", detail: string, cause?: unknown) {
    super(`${detail} (${code})`, cause === undefined ? {} : { cause });
    this.code = code;
  }
}
