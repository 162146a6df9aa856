/** Bounds of what is fetched; they hold while bytes arrive. */
export interface ResultLimits {
  /** Sum of all output files and texts, in bytes. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Files and folders of one run's outputs together. Default 100,000. */
  readonly maxFiles?: number;
}

export const DEFAULT_RESULT_BYTES = 2 ** 30;
export const DEFAULT_RESULT_FILES = 100_000;
