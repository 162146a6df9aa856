import { destination, pino } from "pino";

import type { LogCode } from "./log-codes.ts";

type Log = (
  entry: { readonly code: LogCode } & Readonly<Record<string, unknown>>,
  message: string,
) => void;

/** What the allocator needs of a logger; every entry carries a code of the catalogue. */
export interface Logger {
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

/** JSON lines on standard error, which leaves standard output to the ready line. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: true }, destination({ fd: 2, sync: true }));
}
