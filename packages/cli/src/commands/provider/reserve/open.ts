import { decoMarketAbi, parseAmount } from "@deco-network/sdk";
import { openReserve } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import { simulateContract } from "viem/actions";

import { allowed } from "../../../context/allowed.ts";
import { openMarket } from "../../../context/open-market.ts";
import { DECO, formatAmount } from "../../../output/format.ts";
import { openOperator } from "../../../provider/open-operator.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../../provider/provider-home.ts";
import type { Cli } from "../../cli-action.ts";
import { reserveOperand } from "../../option-values.ts";

interface OpenOptions {
  readonly folder?: string;
  readonly dryRun?: boolean;
}

export function addReserveOpen(group: Command, cli: Cli): void {
  const command = group
    .command("open")
    .summary("set free stake aside")
    .description(
      "Locks free stake of the provider for orders, which it holds one at a time by each reserve. An order needs a reserve with at " +
        "least its lock in it; who does not prove in time loses a share of the lock, and the reserve is closed. Sent by the operator " +
        "key, so that the executor must be stopped.",
    )
    .argument("<index>", "0 to 255")
    .argument("<amount>", "DECO")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)")
    .option("--dry-run", "check and show, send nothing; no password is needed");
  const examples = [
    "deco provider reserve open 0 500",
    "deco provider reserve open 1 250 --dry-run",
  ];
  cli.action<OpenOptions>(
    command,
    { examples },
    async (context, options, first = "", text = "") => {
      const index = reserveOperand(first);
      const amount = parseAmount(text, DECO);
      const config = await readConfig(providerHome(context, options.folder));
      const asked = formatAmount(amount, DECO);
      if (options.dryRun) {
        const market = await openMarket(context);
        const operator = await operatorAddress(context, config);
        const provider = await registeredProvider(market, operator);
        await allowed(
          simulateContract(market.client, {
            ...{ address: market.deployment.market, abi: decoMarketAbi, account: operator },
            ...{ functionName: "openReserve", args: [index, amount] },
          }),
        );
        return {
          json: { status: "dry-run", provider, index, amount },
          text: [`Provider ${provider} would set ${asked} aside as reserve ${index}.`],
        };
      }
      const operator = await openOperator(context, config);
      const market = await openMarket(context, operator);
      await registeredProvider(market, operator.address);
      const { client, deployment } = market;
      const { signal } = context;
      const { hash, provider } = await openReserve(client, { deployment, index, amount, signal });
      return {
        json: { status: "opened", provider, index, amount, transaction: hash },
        text: [`Provider ${provider} has set ${asked} aside as reserve ${index}.`],
      };
    },
  );
}
