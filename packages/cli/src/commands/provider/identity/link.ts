import { readFile, writeFile } from "node:fs/promises";

import type { SigningClient } from "@deco-network/identity";
import { parseDocumentText, providerSchema } from "@deco-network/sdk";
import { getProvider } from "@deco-network/sdk/actions";
import { Argument, type Command } from "commander";
import { type Address, isAddressEqual } from "viem";

import { openAccount } from "../../../context/open-account.ts";
import { openMarket } from "../../../context/open-market.ts";
import { CliError } from "../../../errors.ts";
import {
  operatorAddress,
  providerHome,
  readConfig,
  registeredProvider,
} from "../../../provider/provider-home.ts";
import { publishDescription } from "../../../provider/publish-description.ts";
import type { Cli } from "../../cli-action.ts";
import { addressOption, wholeNumber } from "../../option-values.ts";

interface LinkOptions {
  readonly folder?: string;
  readonly registry?: Address;
  readonly days: number;
  readonly agent?: string;
}

const DAY_SECONDS = 86_400;

export function addIdentityLink(group: Command, cli: Cli): void {
  const command = group
    .command("link")
    .summary("link a DID of the owner's account with the provider, both ways")
    .description(
      "ethr: has the did:ethr of the account name this provider, in the chain's registry of ERC-1056. key: takes the did:key of the account's " +
        "key, which needs no registry. Then puts the DID into provider.json and publishes it, as provider describe does. The account must be " +
        "the provider's owner, and the executor stopped.",
    )
    .addArgument(new Argument("<method>", "DID method").choices(["ethr", "key"]))
    .option(
      "--registry <address>",
      "registry of ERC-1056 (default: the chain's known one)",
      addressOption,
    )
    .option("--days <count>", "how long a did:ethr names the provider", wholeNumber, 3_650)
    .option(
      "--agent <id>",
      "also an agent of ERC-8004 (a draft): eip155:<chain id>:<registry>:<agent id>",
    )
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = [
    "deco provider identity link key --account alice",
    "deco provider identity link ethr --registry 0x1234… --days 365",
  ];
  cli.action<LinkOptions>(command, { examples }, async (context, options, method = "") => {
    const identity = await import("@deco-network/identity");
    const agent = options.agent === undefined ? undefined : identity.parseAgent(options.agent);
    const { signal } = context;
    const home = providerHome(context, options.folder);
    const config = await readConfig(home);
    const account = await openAccount(context);
    const market = await openMarket(context, account);
    const { client, deployment } = market;
    const provider = await registeredProvider(market, await operatorAddress(context, config));
    const { owner } = await getProvider(client, { deployment, provider });
    // Nothing is written to the registry for a provider whose description then cannot be changed.
    if (!isAddressEqual(owner, account.address)) {
      throw new CliError("not-owner", `Provider ${provider} belongs to ${owner}.`, {
        remedy: "Give the owner's account with --account.",
      });
    }
    const { chainId, market: address } = deployment;
    const place = { chainId, market: address, provider };
    const signing = { ...client, account } as SigningClient;
    const did =
      method === "key"
        ? identity.keyDid(account.publicKey)
        : identity.ethrDid(chainId, account.address);
    if (method === "ethr") {
      const registry = await registryFor(chainId, options.registry);
      const validitySeconds = options.days * DAY_SECONDS;
      await identity.nameProvider(signing, { registry, place, validitySeconds });
    }
    if (agent !== undefined) await identity.nameProviderByAgent(signing, agent, place);
    await nameInDescription(home.document, { dids: did, agents: options.agent });
    const published = await publishDescription(market, home, config, provider, signal);
    return {
      json: { status: "linked", provider, did, agent: options.agent, ...published },
      text: [`Provider ${provider} and ${did} name each other.`],
    };
  });
}

/**
 * The registry of ERC-1056 to use.
 * @throws CliError `registry-unknown`
 */
async function registryFor(chainId: number, named: Address | undefined): Promise<Address> {
  const { knownRegistry } = await import("@deco-network/identity");
  const registry = named ?? knownRegistry(chainId);
  if (registry !== undefined) return registry;
  throw new CliError("registry-unknown", `No registry of ERC-1056 is known on chain ${chainId}.`, {
    remedy: "Name it with --registry, or use a did:key.",
  });
}

async function nameInDescription(
  document: string,
  names: { readonly dids: string; readonly agents: string | undefined },
): Promise<void> {
  const description = parseDocumentText(providerSchema, await readFile(document, "utf8"));
  const dids = [...new Set([...(description.dids ?? []), names.dids])];
  const agents = [...(description.agents ?? []), ...(names.agents ? [names.agents] : [])];
  const named = providerSchema.parse({
    ...{ ...description, dids },
    ...(agents.length > 0 && { agents: [...new Set(agents)] }),
  });
  await writeFile(document, `${JSON.stringify(named, null, 2)}\n`);
}
