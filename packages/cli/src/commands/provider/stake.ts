import { parseAmount } from "@deco-network/sdk";
import { getProvider, stake } from "@deco-network/sdk/actions";
import type { Command } from "commander";

import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { DECO, formatAmount } from "../../output/format.ts";
import { approveStake } from "../../provider/approve-stake.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface StakeOptions {
  readonly folder?: string;
}

export function addProviderStake(group: Command, cli: Cli): void {
  const command = group
    .command("stake")
    .summary("add stake")
    .description(
      "Adds DECO to the provider's stake, from its owner. It counts for tasks posted later.",
    )
    .argument("<amount>", "DECO")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = ["deco provider stake 2500"];
  cli.action<StakeOptions>(command, { examples }, async (context, options, text = "") => {
    const { signal } = context;
    const amount = parseAmount(text, DECO);
    const config = await readConfig(providerHome(context, options.folder));
    const market = await openMarket(context, await openAccount(context));
    const { client, deployment } = market;
    const provider = await registeredProvider(market, await operatorAddress(context, config));
    await approveStake(market, amount, signal);
    const { hash } = await stake(client, { deployment, provider, amount, signal });
    const { stake: now } = await getProvider(client, { deployment, provider });
    return {
      json: { status: "staked", provider, added: amount, active: now.active, transaction: hash },
      text: [`Provider ${provider} now stakes ${formatAmount(now.active, DECO)}.`],
    };
  });
}
