import { destination, type Logger as PinoLogger, pino } from "pino";

/** What the allocator needs of a logger; every entry's object carries a stable `code`. */
export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error">;

/** JSON lines on standard error, which leaves standard output to the ready line. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: true }, destination({ fd: 2, sync: true }));
}
