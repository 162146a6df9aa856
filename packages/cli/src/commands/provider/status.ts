import type { OperatorStatus } from "@deco-network/executor";
import { getEarnings, getMarketBalance, getProvider } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import { getBalance } from "viem/actions";

import { openMarket } from "../../context/open-market.ts";
import {
  DECO,
  formatAmount,
  formatMoment,
  formatSeconds,
  formatTrust,
} from "../../output/format.ts";
import { formatPairs } from "../../output/table.ts";
import { askExecutor } from "../../provider/ask-executor.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";
import { drainText } from "./drain.ts";

interface StatusOptions {
  readonly folder?: string;
}

export function addProviderStatus(group: Command, cli: Cli): void {
  const command = group
    .command("status")
    .summary("stake, trust, earnings, and whether the executor runs")
    .description(
      "Tells what the chain knows of the provider, and whether its executor takes tasks now.",
    )
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = ["deco provider status", "deco provider status --json | jq .earnings"];
  cli.action<StatusOptions>(command, { examples }, async (context, options) => {
    const home = providerHome(context, options.folder);
    const config = await readConfig(home);
    const market = await openMarket(context);
    const { client, deployment } = market;
    const { token } = deployment;
    const operator = await operatorAddress(context, config);
    const provider = await registeredProvider(market, operator);
    const state = await getProvider(client, { deployment, provider });
    const [earnings, balance, gas] = await Promise.all([
      getEarnings(client, { deployment, token, provider }),
      getMarketBalance(client, { deployment, token, account: state.owner }),
      getBalance(client, { address: operator }),
    ]);
    const executor = await conditionOf(config.dataFolder, context.signal);
    const { stake, locked, trust, debt, liveSeats, unbonding, unbondsAt } = state;
    return {
      json: { status: "ok", ...state, earnings, balance, operatorWei: gas, executor },
      text: formatPairs([
        [
          "provider",
          `${provider}${state.leaving ? ", leaving" : state.dormant ? ", dormant" : ""}`,
        ],
        ["owner", state.owner],
        ["operator", `${operator}, ${formatAmount(gas, { symbol: "ETH", decimals: 18 })} for gas`],
        [
          "stake",
          `${formatAmount(stake.active, DECO)}, ${formatAmount(locked, DECO)} locked in ${liveSeats} seats and reserves`,
        ],
        ...(unbonding === 0n
          ? []
          : [
              [
                "unbonding",
                `${formatAmount(unbonding, DECO)} until ${formatMoment(unbondsAt)}`,
              ] as const,
            ]),
        ["trust", `${formatTrust(trust)}${debt === 0 ? "" : `, debt ${formatTrust(debt)}`}`],
        ["earned", `${formatAmount(earnings, DECO)} to withdraw`],
        ...executorPairs(executor),
      ]),
    };
  });
}

/** What is told of an executor that may not run. */
type ExecutorCondition =
  | { readonly running: false }
  | ({ readonly running: true; readonly ready: boolean } & Omit<OperatorStatus, "provider" | "ok">);

async function conditionOf(dataFolder: string, signal: AbortSignal): Promise<ExecutorCondition> {
  const question = { method: "GET", path: "/v1/status" } as const;
  const status = await askExecutor<OperatorStatus>(dataFolder, question, signal);
  if (status === undefined) return { running: false };
  const { ok: ready, provider: _, ...rest } = status;
  return { running: true, ready, ...rest };
}

function executorPairs(condition: ExecutorCondition): (readonly [string, string])[] {
  if (!condition.running) return [["executor", "not running; start it with: deco provider start"]];
  const { ready, problems, assignments, drain, uptimeSeconds } = condition;
  const since = `running for ${formatSeconds(uptimeSeconds)}`;
  const counts = Object.entries(assignments).map(([state, count]) => `${count} ${state}`);
  return [
    ["executor", ready ? `${since}, ready for tasks` : `${since}, takes no seats`],
    ...problems.map(
      ({ code, means, remedy }) => ["because", `${means} (${code}) ${remedy}`] as const,
    ),
    ...(counts.length > 0 ? [["tasks", counts.join(", ")] as const] : []),
    ["locks", drainText(drain)],
  ];
}
