import { listReserves } from "@deco-network/sdk/actions";
import type { Command } from "commander";

import { openMarket } from "../../../context/open-market.ts";
import { DECO, formatAmount } from "../../../output/format.ts";
import { formatTable } from "../../../output/table.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../../provider/provider-home.ts";
import type { Cli } from "../../cli-action.ts";

interface ShowOptions {
  readonly folder?: string;
}

export function addReserveShow(group: Command, cli: Cli): void {
  const command = group
    .command("show")
    .summary("reserves, and which of them orders use")
    .description("Lists the provider's reserves by index, and whether an order uses them.")
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = ["deco provider reserve show", "deco provider reserve show --json"];
  cli.action<ShowOptions>(command, { examples }, async (context, options) => {
    const config = await readConfig(providerHome(context, options.folder));
    const market = await openMarket(context);
    const { client, deployment } = market;
    const provider = await registeredProvider(market, await operatorAddress(context, config));
    const { signal } = context;
    const reserves = await listReserves(client, { deployment, provider, signal });
    const rows = reserves.map(({ index, state, amount }) => [
      ...[`${index}`, state, formatAmount(amount, DECO)],
    ]);
    return {
      json: { status: "ok", provider, reserves },
      text:
        reserves.length === 0 ? ["No reserves."] : formatTable(["INDEX", "STATE", "STAKE"], rows),
    };
  });
}
