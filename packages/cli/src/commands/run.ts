import type { KeyKind } from "@deco-network/privacy";
import { loadJob } from "@deco-network/requester";
import type { Command } from "commander";

import { allocatorEndpoints, allocatorTerms } from "../context/allocator.ts";
import type { CommandContext } from "../context/command-context.ts";
import { recordsOf } from "../context/complete-task.ts";
import { openAccount } from "../context/open-account.ts";
import { openMarket } from "../context/open-market.ts";
import { planJob } from "../context/plan-job.ts";
import { prepareJob } from "../context/prepare-job.ts";
import { keyKind, privacyOf, type SealedJob, sealJob } from "../context/private-job.ts";
import { type RunOptions as PreparedRunOptions, runPrepared } from "../context/run-prepared.ts";
import type { CommandResult } from "../output/output.ts";
import type { Cli } from "./cli-action.ts";
import { byteCount } from "./option-values.ts";

interface RunOptions extends PreparedRunOptions {
  readonly allocator?: string;
  readonly dryRun?: boolean;
  readonly private?: KeyKind | true;
}

export function addRun(program: Command, cli: Cli): void {
  const command = program
    .command("run")
    .summary("post a job, follow it, fetch its verified result")
    .description(
      "Publishes a job's program and input, posts it with its payment in escrow, tells each stage, and " +
        "writes the verified result into a folder. Ctrl-C leaves a task that `deco task result` takes up.",
    )
    .argument("<job>", "job file")
    .option("--output <folder>", "folder for outputs (default: the job's, or deco-output/TASK)")
    .option("--max-bytes <number>", "largest result", byteCount)
    .option("--anyway", "post even if too few providers can take a seat now")
    .option("--allocator <endpoint>", "sign the request and let this allocator open it")
    .option(
      "--private [keys]",
      "only seated providers can read the input, and only you the result (keys: x25519, post-quantum)",
      keyKind,
    )
    .option("--dry-run", "show price, providers and deadlines; sign and send nothing")
    .option("--no-rescue", "never end a stuck task yourself");
  const examples = [
    "deco run job.json",
    "deco run job.json --account alice --output result",
    "deco run job.json --json > run.json",
    "deco run job.json --private post-quantum",
    "deco run job.json --allocator /ip4/127.0.0.1/tcp/4201/p2p/12D3KooW… --dry-run",
  ];
  cli.action<RunOptions>(command, { examples }, async (context, options, path = "") => {
    const records = recordsOf(context);
    const loaded = await loadJob(path);
    const kind = privacyOf(loaded, options.private);
    const sealed = await sealJob(records, loaded, kind, context.signal);
    try {
      return await runJob(context, options, sealed);
    } finally {
      await sealed.discard();
    }
  });
}

async function runJob(
  context: CommandContext,
  options: RunOptions,
  { job, keys, discard }: SealedJob,
): Promise<CommandResult> {
  const account = await openAccount(context);
  const market = await openMarket(context, account);
  const endpoints = options.allocator ? allocatorEndpoints(options.allocator) : undefined;
  const allocated = endpoints && (await allocatorTerms(context, market, account, endpoints));
  const prepared = await prepareJob(context, market, job, account.address, allocated);
  if (options.dryRun === true) return await planJob(context, market, prepared);
  const { draft, output, document } = job;
  return await runPrepared(context, {
    ...{ market, account, prepared, draft, options, output, name: document.name },
    ...{ endpoints, keys, discard },
  });
}
