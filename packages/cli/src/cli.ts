import { Command, CommanderError, Option } from "commander";

import { addAccount } from "./commands/account/index.ts";
import { addAllocator } from "./commands/allocator/index.ts";
import { addAppeal } from "./commands/appeal.ts";
import { addAttest } from "./commands/attest/index.ts";
import { addAudit } from "./commands/audit.ts";
import { addCircuit } from "./commands/circuit/index.ts";
import type { Cli, CommandDetails, Handler } from "./commands/cli-action.ts";
import { addCompletion } from "./commands/completion.ts";
import { addDevnet } from "./commands/devnet.ts";
import { addLogs } from "./commands/logs.ts";
import { addPlan } from "./commands/plan.ts";
import { addProgram } from "./commands/program/index.ts";
import { addProvider } from "./commands/provider/index.ts";
import { addRun } from "./commands/run.ts";
import { addTask } from "./commands/task/index.ts";
import { addVerify } from "./commands/verify.ts";
import type { CommandContext, GlobalOptions } from "./context/command-context.ts";
import { describeError } from "./describe-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { Output } from "./output/output.ts";

/** Of a process that a second Ctrl-C ends at once. */
const KILLED = 130;

const COMMON_EXITS: Readonly<Record<number, string>> = {
  [EXIT.ok]: "done",
  [EXIT.negative]: "the answer is no, or the task failed",
  [EXIT.usage]: "the command line, a file or the configuration is wrong",
  [EXIT.network]: "chain or content cannot be reached, or a contract refused",
  [EXIT.interrupted]: "interrupted; a posted task goes on (deco task result)",
};

/**
 * Runs one command line of `deco`.
 * @param argv Without node and script.
 * @returns the exit code
 */
export async function runCli(argv: readonly string[]): Promise<ExitCode> {
  const { stdout, stderr, env } = process;
  const interrupted = new AbortController();
  const interrupt = () => {
    // Who asks twice does not want to wait for anything.
    if (interrupted.signal.aborted) process.exit(KILLED);
    interrupted.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, interrupt);
  let output = new Output({ stdout, stderr }, argv.includes("--json"), env);
  let exitCode: ExitCode = EXIT.ok;

  const program = new Command("deco")
    .description("Buy and sell computation whose results are proven, on Ethereum.")
    .version("0.0.0")
    .exitOverride()
    .showHelpAfterError(false)
    // Errors are told once, by `Output`; the help that a bare `deco` gives is none.
    .configureOutput({
      writeErr: (text) => {
        if (text.startsWith("Usage:")) stderr.write(text);
      },
    });
  const cli: Cli = {
    action<Options>(command: Command, details: CommandDetails, handler: Handler<Options>) {
      addGlobalOptions(command);
      command.addHelpText("after", helpAfter(details));
      command.action(async (...parameters: unknown[]) => {
        // Commander passes the operands, the options, and the command itself.
        const operands = parameters
          .slice(0, -2)
          .flat()
          .filter((value) => value !== undefined);
        const options = command.optsWithGlobals<Options & GlobalOptions>();
        output = new Output({ stdout, stderr }, options.json === true, env);
        const { signal } = interrupted;
        const context: CommandContext = { options, output, environment: env, signal };
        const result = await handler(context, options, ...(operands as string[]));
        if (result === undefined) return;
        output.answer(result);
        exitCode = result.exitCode ?? EXIT.ok;
      });
    },
  };
  for (const add of [
    ...[addDevnet, addAccount, addPlan, addRun, addLogs, addTask, addAppeal, addAudit, addVerify],
    ...[addProgram, addCircuit, addAttest, addProvider, addAllocator, addCompletion],
  ]) {
    add(program, cli);
  }
  addGlobalOptions(program);
  program.addHelpText("after", "\nEach command has examples: deco help run");

  try {
    inheritSettings(program);
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (isHelp(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const report = describeError(error);
    output.fail(report);
    return report.exitCode;
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.removeListener(name, interrupt);
  }
}

/** Known before a command and after it. */
function addGlobalOptions(command: Command): void {
  const options = [
    new Option("--json", "answer with one JSON document on standard output"),
    new Option("--rpc <url>", "JSON-RPC URL of the chain (default: the deployment's)"),
    new Option("--deployment <file>", "where the market is (default: $DECO_DEPLOYMENT, home)"),
    new Option("--account <name>", "keystore name or key file that signs (default: $DECO_ACCOUNT)"),
    new Option("--password-file <file>", "file whose first line is the keystore's password"),
    new Option("--home <folder>", "keystores, records, deployment (default: $DECO_HOME, ~/.deco)"),
  ];
  for (const option of options) command.addOption(option.helpGroup("Global options:"));
}

function helpAfter({ examples, exitCodes = {} }: CommandDetails): string {
  const codes = Object.entries({ ...COMMON_EXITS, ...exitCodes });
  return [
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
    "",
    "Exit codes:",
    ...codes.map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join("\n");
}

/** Subcommands must throw, and stay silent, as the program itself does. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

function isHelp(error: unknown): error is CommanderError {
  const codes = ["commander.helpDisplayed", "commander.help", "commander.version"];
  return error instanceof CommanderError && codes.includes(error.code);
}
