/** What stopped a script of this repository. `code` is stable; `remedy` says what to do. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly code: string;
  readonly remedy: string;

  constructor(options: { code: string; message: string; remedy: string; cause?: unknown }) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.remedy = options.remedy;
  }
}
