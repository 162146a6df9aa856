import { destination, type Logger as PinoLogger, pino } from "pino";

/** What the executor needs of a logger; every entry's object carries a stable `code`. */
export type Logger = Pick<PinoLogger, "trace" | "debug" | "info" | "warn" | "error" | "fatal"> & {
  child(bindings: Record<string, unknown>): Logger;
};

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines on standard error, which leaves standard output to the ready line. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, base: null, timestamp: true }, destination({ fd: 2, sync: true }));
}
