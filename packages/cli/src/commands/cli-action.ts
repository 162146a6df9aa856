import type { Command } from "commander";

import type { CommandContext } from "../context/command-context.ts";
import type { CommandResult } from "../output/output.ts";

/**
 * The work of a command.
 * @returns its answer; undefined when it has answered by itself
 */
export type Handler<Options> = (
  context: CommandContext,
  options: Options,
  ...operands: string[]
) => Promise<CommandResult | undefined>;

/** Connects commands to the process; made once by `runCli`. */
export interface Cli {
  /** Gives a command its work, the options that every command takes, and its examples. */
  action<Options>(command: Command, details: CommandDetails, handler: Handler<Options>): void;
}

export interface CommandDetails {
  /** Whole command lines, shown in the help. */
  readonly examples: readonly string[];
  /** Exit codes beside the common ones, shown in the help. */
  readonly exitCodes?: Readonly<Record<number, string>>;
}
