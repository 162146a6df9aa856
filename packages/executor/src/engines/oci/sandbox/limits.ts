/** Files and folders that a program may have in `/tmp`. */
export const MAX_SCRATCH_ENTRIES = 65_536;
/** Bound of what a program writes to standard error in all; the tail is kept for the log. */
export const STDERR_BYTES = 16 * 1024 * 1024;

/** Processes that a runtime itself needs for a moment while it starts a program. */
export const LEAST_PIDS = 32;
