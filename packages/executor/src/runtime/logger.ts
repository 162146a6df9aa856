import { destination, pino } from "pino";

import type { LogCode } from "./log-codes.ts";

/** One event: its stable code, and what belongs to it. */
export type LogEntry = { readonly code: LogCode } & Readonly<Record<string, unknown>>;

type Log = (entry: LogEntry, message: string) => void;

/** What the executor needs of a logger. */
export interface Logger {
  readonly trace: Log;
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
  readonly fatal: Log;
  child(bindings: Record<string, unknown>): Logger;
}

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines on standard error, which leaves standard output to the ready line. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, base: null, timestamp: true }, destination({ fd: 2, sync: true }));
}
