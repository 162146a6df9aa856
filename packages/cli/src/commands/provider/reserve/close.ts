import { decoMarketAbi } from "@deco-network/sdk";
import { closeReserve, getProvider } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import { simulateContract } from "viem/actions";

import { allowed } from "../../../context/allowed.ts";
import { openAccount } from "../../../context/open-account.ts";
import { openMarket } from "../../../context/open-market.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../../provider/provider-home.ts";
import type { Cli } from "../../cli-action.ts";
import { reserveOperand } from "../../option-values.ts";

interface CloseOptions {
  readonly folder?: string;
  readonly dryRun?: boolean;
}

export function addReserveClose(group: Command, cli: Cli): void {
  const command = group
    .command("close")
    .summary("free the stake of a reserve")
    .description(
      "Makes the stake of a reserve that no order uses free again. Sent by the provider's owner; the executor may run.",
    )
    .argument("<index>", "0 to 255")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)")
    .option("--dry-run", "check and show, send nothing; no password is needed");
  const examples = ["deco provider reserve close 0"];
  cli.action<CloseOptions>(command, { examples }, async (context, options, text = "") => {
    const index = reserveOperand(text);
    const config = await readConfig(providerHome(context, options.folder));
    const operator = await operatorAddress(context, config);
    const account = options.dryRun ? undefined : await openAccount(context);
    const market = await openMarket(context, account);
    const { client, deployment } = market;
    const provider = await registeredProvider(market, operator);
    if (options.dryRun) {
      const { owner } = await getProvider(client, { deployment, provider });
      await allowed(
        simulateContract(client, {
          ...{ address: deployment.market, abi: decoMarketAbi, account: owner },
          ...{ functionName: "closeReserve", args: [provider, index] },
        }),
      );
      return {
        json: { status: "dry-run", provider, index },
        text: [`Reserve ${index} of provider ${provider} would be closed.`],
      };
    }
    const { signal } = context;
    const { hash } = await closeReserve(client, { deployment, provider, index, signal });
    return {
      json: { status: "closed", provider, index, transaction: hash },
      text: [`Reserve ${index} of provider ${provider} is closed; its stake is free.`],
    };
  });
}
