import { getEarnings, getMarketBalance, getProvider } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import { getBalance } from "viem/actions";

import { openMarket } from "../../context/open-market.ts";
import { DECO, formatAmount, formatMoment, formatTrust } from "../../output/format.ts";
import { formatPairs } from "../../output/table.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  readRunning,
  registeredProvider,
} from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface StatusOptions {
  readonly folder?: string;
}

const STATUS_TIMEOUT_MILLIS = 2_000;

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
    const executor = await askExecutor((await readRunning(home))?.status);
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
          `${formatAmount(stake.active, DECO)}, ${formatAmount(locked, DECO)} locked in ${liveSeats} seats`,
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
        ["executor", executorText(executor)],
      ]),
    };
  });
}

interface ExecutorCondition {
  readonly running: boolean;
  /** Whether it would take a seat now. */
  readonly ready?: boolean;
  readonly closedBecause?: readonly string[];
}

/** A file left behind by a killed executor names a port that answers no more. */
async function askExecutor(status: string | undefined): Promise<ExecutorCondition> {
  if (status === undefined) return { running: false };
  try {
    const signal = AbortSignal.timeout(STATUS_TIMEOUT_MILLIS);
    const response = await fetch(`${status}/readyz`, { signal });
    const body = (await response.json()) as { ok?: boolean; closedBecause?: readonly string[] };
    const reasons = body.closedBecause;
    return { running: true, ready: body.ok === true, ...(reasons && { closedBecause: reasons }) };
  } catch {
    return { running: false };
  }
}

function executorText({ running, ready, closedBecause = [] }: ExecutorCondition): string {
  if (!running) return "not running; start it with: deco provider start";
  return ready
    ? "running, ready for tasks"
    : `running, takes no seats: ${closedBecause.join(", ")}`;
}
