import { homedir } from "node:os";
import { join, resolve } from "node:path";

import type { Output } from "../output/output.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly rpc?: string;
  readonly deployment?: string;
  readonly account?: string;
  readonly passwordFile?: string;
  readonly home?: string;
  readonly json?: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly options: GlobalOptions;
  readonly output: Output;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Folder of keystores, task records and the deployment: `--home`, `DECO_HOME`, or ~/.deco. */
export function homeOf({ options, environment }: CommandContext): string {
  return resolve(options.home ?? environment["DECO_HOME"] ?? join(homedir(), ".deco"));
}
