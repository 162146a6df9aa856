import { decoMarketAbi, parseAmount } from "@deco-network/sdk";
import {
  getEarnings,
  getMarketBalance,
  getProvider,
  unbond,
  withdraw,
  withdrawEarnings,
  withdrawStake,
} from "@deco-network/sdk/actions";
import type { Command } from "commander";
import type { Address, Hex } from "viem";
import { getBlock, simulateContract } from "viem/actions";

import type { CommandContext } from "../../context/command-context.ts";
import { openAccount } from "../../context/open-account.ts";
import { type OpenMarket, openMarket } from "../../context/open-market.ts";
import {
  addWithdrawalOptions,
  type Purse,
  takeOut,
  type WithdrawalOptions,
} from "../../context/withdrawals.ts";
import { CliError } from "../../errors.ts";
import { DECO, formatAmount, formatMoment } from "../../output/format.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface WithdrawOptions extends WithdrawalOptions {
  readonly folder?: string;
  readonly unbond?: string;
  readonly earnings?: boolean;
}

export function addProviderWithdraw(group: Command, cli: Cli): void {
  const command = group
    .command("withdraw")
    .summary("take out earnings, and stake that has unbonded")
    .description(
      "Sends the owner what the provider has earned in DECO, stake whose unbonding is over, and the owner's " +
        "balance in the market. --unbond starts the unbonding of free stake instead; --earnings takes out earnings " +
        "alone, in whatever tokens they are, as the options below say.",
    )
    .option("--unbond <amount>", "start unbonding so much DECO")
    .option("--earnings", "take out earnings alone")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  addWithdrawalOptions(command);
  const examples = [
    "deco provider withdraw",
    "deco provider withdraw --unbond 1000",
    "deco provider withdraw --earnings --token DECO --amount 1.5 --dry-run",
  ];
  cli.action<WithdrawOptions>(command, { examples }, async (context, options) => {
    requireMeant(options);
    const config = await readConfig(providerHome(context, options.folder));
    const operator = await operatorAddress(context, config);
    if (options.dryRun) return rehearse(context, operator, options);
    const account = await openAccount(context);
    const market = await openMarket(context, account);
    const provider = await registeredProvider(market, operator);
    if (options.earnings) {
      const purse = earningsOf(context, market, provider, account.address);
      return takeOut(context, market, purse, account.address, options);
    }
    return options.unbond === undefined
      ? takeEverything(context, market, provider, account.address)
      : startUnbonding(context, market, provider, parseAmount(options.unbond, DECO));
  });
}

/** @throws CliError `usage` for options that say nothing together. */
function requireMeant({ earnings, unbond: stake, token, amount, to, dryRun }: WithdrawOptions) {
  const detailed = dryRun || [token, amount, to].some((option) => option !== undefined);
  const conflict = earnings === true ? stake !== undefined : detailed;
  if (!conflict) return;
  throw new CliError("usage", "These options do not go together.", {
    remedy: "--token, --amount, --to and --dry-run go with --earnings; --unbond goes with none.",
  });
}

/** Shows what --earnings would send; the owner's password is not needed. */
async function rehearse(context: CommandContext, operator: Address, options: WithdrawOptions) {
  const market = await openMarket(context);
  const { client, deployment } = market;
  const provider = await registeredProvider(market, operator);
  const { owner } = await getProvider(client, { deployment, provider });
  const purse = earningsOf(context, market, provider, owner);
  return takeOut(context, market, purse, owner, options);
}

function earningsOf(
  { signal }: CommandContext,
  { client, deployment }: OpenMarket,
  provider: number,
  owner: Address,
): Purse {
  return {
    balanceOf: (token) => getEarnings(client, { deployment, token, provider }),
    simulate: (token, amount, to) =>
      simulateContract(client, {
        ...{ address: deployment.market, abi: decoMarketAbi, functionName: "withdrawEarnings" },
        ...{ args: [provider, token, amount, to], account: owner },
      }),
    send: (token, amount, to) =>
      withdrawEarnings(client, { deployment, provider, token, amount, to, signal }),
  };
}

async function startUnbonding(
  { signal }: CommandContext,
  { client, deployment }: OpenMarket,
  provider: number,
  amount: bigint,
) {
  const { hash } = await unbond(client, { deployment, provider, amount, signal });
  const { unbonding, unbondsAt } = await getProvider(client, { deployment, provider });
  return {
    json: { status: "unbonding", provider, unbonding, unbondsAt, transaction: hash },
    text: [`${formatAmount(unbonding, DECO)} can be withdrawn from ${formatMoment(unbondsAt)} on.`],
  };
}

async function takeEverything(
  { signal }: CommandContext,
  { client, deployment }: OpenMarket,
  provider: number,
  to: Address,
) {
  const { token } = deployment;
  const transactions: Hex[] = [];
  const earnings = await getEarnings(client, { deployment, token, provider });
  if (earnings > 0n) {
    const terms = { provider, token, amount: earnings, to };
    const { hash } = await withdrawEarnings(client, { deployment, ...terms, signal });
    transactions.push(hash);
  }
  const [{ unbonding, unbondsAt }, { timestamp }] = await Promise.all([
    getProvider(client, { deployment, provider }),
    getBlock(client),
  ]);
  const due = unbonding > 0n && Number(timestamp) >= unbondsAt;
  if (due) transactions.push((await withdrawStake(client, { deployment, provider, signal })).hash);
  const balance = await getMarketBalance(client, { deployment, token, account: to });
  if (balance > 0n) {
    const terms = { token, amount: balance, to };
    transactions.push((await withdraw(client, { deployment, ...terms, signal })).hash);
  }
  const waiting = due ? 0n : unbonding;
  return {
    json: {
      status: "withdrawn",
      provider,
      to,
      earnings,
      balance,
      stillUnbonding: waiting,
      transactions,
    },
    text: [
      `${formatAmount(earnings + balance, DECO)} sent to ${to}.`,
      ...(waiting === 0n
        ? []
        : [`${formatAmount(waiting, DECO)} can be withdrawn from ${formatMoment(unbondsAt)} on.`]),
    ],
  };
}
