import { readFile, writeFile } from "node:fs/promises";

import { recipientOf } from "@deco-network/privacy";
import { parseDocumentText, providerSchema } from "@deco-network/sdk";
import type { Command } from "commander";

import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../provider/provider-home.ts";
import { publishDescription } from "../../provider/publish-description.ts";
import type { Cli } from "../cli-action.ts";

interface DescribeOptions {
  readonly folder?: string;
}

export function addProviderDescribe(group: Command, cli: Cli): void {
  const command = group
    .command("describe")
    .summary("publish the provider's description anew")
    .description(
      "Puts the age recipient of this data folder into provider.json, stores the description where the executor " +
        "serves it, and names it on the chain, from the provider's owner. The executor must be stopped.",
    )
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = ["deco provider describe --account alice"];
  cli.action<DescribeOptions>(command, { examples }, async (context, options) => {
    const { signal } = context;
    const home = providerHome(context, options.folder);
    const config = await readConfig(home);
    const market = await openMarket(context, await openAccount(context));
    const provider = await registeredProvider(market, await operatorAddress(context, config));
    await nameRecipient(home.document, home.ageIdentity);
    const published = await publishDescription(market, home, config, provider, signal);
    const { metadata, transaction } = published;
    return {
      json: { status: "described", provider, metadata, transaction },
      text: [`Provider ${provider} is described by ${metadata}.`],
    };
  });
}

/** A provider from before private tasks has no identity until its executor was started once. */
async function nameRecipient(document: string, identityFile: string): Promise<void> {
  const identity = await readFile(identityFile, "utf8").catch(() => undefined);
  if (identity === undefined) return;
  const recipient = await recipientOf(identity.trim());
  const description = parseDocumentText(providerSchema, await readFile(document, "utf8"));
  if (description.recipient === recipient) return;
  await writeFile(document, `${JSON.stringify({ ...description, recipient }, null, 2)}\n`);
}
