import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../../../scripts/lib/project.ts";
import { compiler } from "../../../scripts/solidity/compiler.ts";

const require = createRequire(import.meta.url);

export interface SolcInput {
  /** Text by path; what these import is read from the repository. */
  readonly sources: Readonly<Record<string, string>>;
  /** As in solc's standard JSON, by file and contract. */
  readonly outputSelection: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Changes a file that is read from the repository, to see that a test notices. */
  readonly edit?: (path: string, text: string) => string;
}

/** What solc answers; the shape below a contract depends on what was asked for. */
export interface SolcOutput<Contract> {
  readonly sources: Readonly<Record<string, { readonly ast?: unknown }>>;
  readonly contracts: Readonly<Record<string, Readonly<Record<string, Contract>>>>;
}

/**
 * Compiles in this process, with the settings of the shipped contracts. Code is generated only for what is asked
 * for, so layouts and syntax trees take a second or two.
 * @throws {TypeError} With solc's own messages, when a source does not compile.
 */
export function runSolc<Contract>(input: SolcInput): SolcOutput<Contract> {
  const edit = input.edit ?? ((_, text) => text);
  const solc = require("solc") as {
    compile(input: string, callbacks: { import(path: string): object }): string;
  };
  const standard = {
    language: "Solidity",
    sources: Object.fromEntries(
      Object.entries(input.sources).map(([path, text]) => [path, { content: edit(path, text) }]),
    ),
    settings: {
      evmVersion: compiler.evmVersion,
      viaIR: compiler.viaIR,
      optimizer: { enabled: true, runs: compiler.optimizerRuns },
      outputSelection: input.outputSelection,
    },
  };
  const load = (path: string) => {
    const file = join(projectRoot, path.startsWith("@") ? "node_modules" : "", path);
    if (!existsSync(file)) return { error: "not found" };
    return { contents: edit(path, readFileSync(file, "utf8")) };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(standard), { import: load }));
  const errors = ((output.errors ?? []) as { severity: string; formattedMessage: string }[])
    .filter(({ severity }) => severity === "error")
    .map(({ formattedMessage }) => formattedMessage);
  if (errors.length > 0) throw new TypeError(errors.join("\n"));
  return output;
}

/** The text of a file of the repository, by path from its root. */
export function sourceOf(path: string): Record<string, string> {
  return { [path]: readFileSync(join(projectRoot, path), "utf8") };
}
