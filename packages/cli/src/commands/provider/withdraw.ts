import { parseAmount } from "@deco-network/sdk";
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
import { getBlock } from "viem/actions";

import type { CommandContext } from "../../context/command-context.ts";
import { openAccount } from "../../context/open-account.ts";
import { type OpenMarket, openMarket } from "../../context/open-market.ts";
import { DECO, formatAmount, formatMoment } from "../../output/format.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface WithdrawOptions {
  readonly folder?: string;
  readonly unbond?: string;
}

export function addProviderWithdraw(group: Command, cli: Cli): void {
  const command = group
    .command("withdraw")
    .summary("take out earnings, and stake that has unbonded")
    .description(
      "Sends the owner what the provider has earned in DECO, stake whose unbonding is over, and the owner's " +
        "balance in the market. --unbond starts the unbonding of free stake instead.",
    )
    .option("--unbond <amount>", "start unbonding so much DECO")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = ["deco provider withdraw", "deco provider withdraw --unbond 1000"];
  cli.action<WithdrawOptions>(command, { examples }, async (context, options) => {
    const config = await readConfig(providerHome(context, options.folder));
    const account = await openAccount(context);
    const market = await openMarket(context, account);
    const provider = await registeredProvider(market, await operatorAddress(context, config));
    return options.unbond === undefined
      ? takeOut(context, market, provider, account.address)
      : startUnbonding(context, market, provider, parseAmount(options.unbond, DECO));
  });
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

async function takeOut(
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
