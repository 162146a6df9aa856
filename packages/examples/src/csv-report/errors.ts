export type CsvReportErrorCode =
  /** The image's parts are not the recorded ones. */
  | "busybox-differs"
  /** The committed archive is not what its sources give. */
  | "image-differs";

/** What can be wrong with the committed image; the codes are stable. */
export class CsvReportError extends Error {
  override readonly name = "CsvReportError";
  readonly code: CsvReportErrorCode;
  readonly remedy: string;

  constructor(code: CsvReportErrorCode, message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}
