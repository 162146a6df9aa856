import type { ErrorReport } from "../describe-error.ts";
import type { ExitCode } from "../exit-codes.ts";
import { toJsonLine } from "./json.ts";
import { type Style, styleFor } from "./style.ts";

/** What a command answers, for programs and for people. */
export interface CommandResult {
  /** The JSON document of `--json`; its `status` says how it came out. */
  readonly json: { readonly status: string } & Readonly<Record<string, unknown>>;
  /** Lines for people. */
  readonly text: readonly string[];
  /** Default: 0. */
  readonly exitCode?: ExitCode;
}

/** Where output goes; the process's own streams. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Answers go to standard output, everything else to standard error. */
export class Output {
  readonly json: boolean;
  /** For answers. */
  readonly style: Style;
  /** For progress. */
  readonly progressStyle: Style;
  readonly #streams: Streams;

  constructor(streams: Streams, json: boolean, environment: NodeJS.ProcessEnv) {
    this.json = json;
    this.#streams = streams;
    this.style = styleFor(streams.stdout, environment);
    this.progressStyle = styleFor(streams.stderr, environment);
  }

  /** Tells a person what is going on. */
  say(line: string): void {
    this.#streams.stderr.write(`${line}\n`);
  }

  answer(result: CommandResult): void {
    const lines = this.json ? [toJsonLine(result.json)] : result.text;
    for (const line of lines) this.#streams.stdout.write(`${line}\n`);
  }

  /** What, where, remedy. */
  fail({ code, message, where, remedy, exitCode }: ErrorReport): void {
    if (this.json) {
      const report = { status: "error", code, message, where, remedy, exitCode };
      this.#streams.stdout.write(`${toJsonLine(report)}\n`);
    }
    const { bad, dim } = this.progressStyle;
    this.say(`${bad("error")} ${message} ${dim(`(${code})`)}`);
    if (where !== undefined) this.say(`  where   ${where}`);
    this.say(`  remedy  ${remedy}`);
  }
}
