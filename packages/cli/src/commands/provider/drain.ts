import type { OperatorStatus } from "@deco-network/executor";
import type { Command } from "commander";

import { formatMoment, formatSeconds } from "../../output/format.ts";
import { askExecutor, requireRunning } from "../../provider/ask-executor.ts";
import { inFolder, providerHome, readConfig } from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface DrainOptions {
  readonly folder?: string;
  readonly wait?: true;
}

type Drain = OperatorStatus["drain"];

const POLL_MILLIS = 1_000;

export function addProviderDrain(group: Command, cli: Cli): void {
  const command = group
    .command("drain")
    .summary("take no new seats; finish what is open")
    .description(
      "Turns intake off until `provider resume`, also across restarts. Seats of rounds that are not full are given back, the others are " +
        "served to their end. Tells when the last lock is free by the deadlines; usually it is sooner.",
    )
    .option(
      "--wait",
      "return when no lock is bound any more; Ctrl-C ends the waiting, not the drain",
    )
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = ["deco provider drain", "deco provider drain --wait && sudo reboot"];
  cli.action<DrainOptions>(command, { examples }, async (context, options) => {
    const { signal, output } = context;
    const { dataFolder } = await readConfig(providerHome(context, options.folder));
    const ask = async (method: "GET" | "POST", path: string) =>
      requireRunning(await askExecutor<unknown>(dataFolder, { method, path }, signal), dataFolder);
    let drain = (await ask("POST", "/v1/drain")) as Drain;
    let shown = "";
    while (options.wait && !isFree(drain)) {
      const line = drainText(drain);
      if (line !== shown) output.say(line);
      shown = line;
      await pause(signal);
      ({ drain } = (await ask("GET", "/v1/status")) as OperatorStatus);
    }
    return {
      json: { status: isFree(drain) ? "drained" : "draining", ...drain },
      text: [
        drainText(drain),
        `Intake stays off until: deco provider resume${inFolder(options.folder)}`,
      ],
    };
  });
}

/** One line: how many locks are bound, and until when. */
export function drainText({ seats, promised, freeBy }: Drain): string {
  if (seats.length + promised === 0) return "No lock is bound.";
  const parts = [
    ...(seats.length > 0 ? [`${seats.length} ${seats.length === 1 ? "lock" : "locks"} bound`] : []),
    ...(promised > 0 ? [`${promised} promised to allocators`] : []),
  ];
  const last = freeBy === undefined ? "" : `; free by ${formatMoment(freeBy)} if nobody appeals`;
  const left = freeBy === undefined ? "" : ` (${formatSeconds(freeBy - Date.now() / 1_000)})`;
  return `${parts.join(", ")}${last}${left}.`;
}

function isFree({ seats, promised }: Drain): boolean {
  return seats.length + promised === 0;
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, POLL_MILLIS);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
