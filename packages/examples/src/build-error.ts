/** What is wrong with a committed module, or with its source. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly code: "compile-failed" | "module-differs";
  /** What to do, or the compiler's report. */
  readonly remedy: string;

  constructor(code: "compile-failed" | "module-differs", message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}
