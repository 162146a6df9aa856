import type { ProgressReport } from "@deco-network/requester";

import { formatMoment } from "./format.ts";

/** One line about a provider's seat; its log is told apart. */
export function progressText(report: ProgressReport): string {
  const who = `provider ${report.provider}`;
  if (report.status === "silent") return `${who} tells nothing: ${report.code}`;
  const { state, since, reason, items } = report.progress;
  const done =
    items === undefined || items.total === 1 ? "" : `, ${items.done} of ${items.total} items`;
  const why = reason === undefined ? "" : ` (${reason})`;
  return `${who} ${state}${why}${done}, since ${formatMoment(since)}`;
}

/** What a provider says about the log itself, where there is something to say. */
export function logNote({ provider, ...report }: ProgressReport): string | undefined {
  if (report.status === "silent") return undefined;
  const { log } = report;
  if ("withheld" in log) return `provider ${provider}: its log is shown when the vote is over`;
  return log.missing > 0 ? `provider ${provider}: ${log.missing} bytes are not shown` : undefined;
}

/**
 * Turns the bytes of a program's standard error into lines for a terminal. Whoever wrote them must
 * not move its cursor, colour it or retitle it: control characters are spelt out.
 */
export class LogLines {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** Whole lines; what has no end yet is kept for the next piece. */
  add(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    // A line without end must not grow for ever.
    if (this.#rest.length > MAX_LINE) lines.push(this.end() ?? "");
    return lines.map(printable);
  }

  /** What was written after the last line's end; undefined when nothing was. */
  end(): string | undefined {
    const rest = printable(this.#rest);
    this.#rest = "";
    return rest === "" ? undefined : rest;
  }
}

const MAX_LINE = 65_536;

/** Controls but tabs, and characters that reorder or hide text. */
const HARMFUL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** A line that others wrote, with its control characters spelt out. */
export function printable(line: string): string {
  return line.replace(/\r$/, "").replace(HARMFUL, (character) => {
    if (character === "\t") return character;
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
