import type { AgentLink, Link } from "@deco-network/identity";
import { getProvider } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import type { Address } from "viem";

import { openMarket } from "../../../context/open-market.ts";
import { fetchProviderDocuments } from "../../../context/provider-documents.ts";
import { CliError } from "../../../errors.ts";
import { EXIT } from "../../../exit-codes.ts";
import type { Cli } from "../../cli-action.ts";
import { addressOption, providerOperand } from "../../option-values.ts";

interface ShowOptions {
  readonly registry?: Address;
  readonly did?: readonly string[];
  readonly agents?: boolean;
}

export function addIdentityShow(group: Command, cli: Cli): void {
  const command = group
    .command("show")
    .summary("which DIDs a provider claims, and whether they say so too")
    .description(
      "Fetches the provider's description from the providers' gateways by the digest on the chain, resolves each DID in it with the standard resolvers of " +
        "did:ethr (of this chain) and did:key, and says whether both sides name each other.",
    )
    .argument("<provider>", "id of the provider")
    .option(
      "--registry <address>",
      "registry of ERC-1056 (default: the chain's known one)",
      addressOption,
    )
    .option("--agents", "judge the agents of ERC-8004 (a draft) that it claims, too")
    .option("--did <did...>", "judge these, whether or not the provider claims them");
  const details = {
    examples: ["deco provider identity show 7", "deco provider identity show 7 --did did:key:zQ3…"],
    exitCodes: { [EXIT.negative]: "there is no DID, or a link does not hold" },
  };
  cli.action<ShowOptions>(command, details, async (context, options, operand = "") => {
    const identity = await import("@deco-network/identity");
    const provider = providerOperand(operand);
    const market = await openMarket(context);
    const { client, deployment, rpcUrl } = market;
    const { owner, operator } = await getProvider(client, { deployment, provider });
    const documents = await fetchProviderDocuments(market, context.signal);
    const document = documents.get(provider);
    if (document === undefined) {
      throw new CliError("description-missing", `Provider ${provider} serves no description.`, {
        remedy: "Try again while its executor runs; it may have none.",
      });
    }
    const { chainId, market: address } = deployment;
    const registry = options.registry ?? identity.knownRegistry(chainId);
    const resolver = identity.createResolver({ chainId, rpcUrl, registry });
    const claimed = document.dids ?? [];
    const linked = {
      ...{ chainId, market: address, provider, dids: claimed },
      accounts: [owner, operator],
    };
    const links: Link[] = [];
    for (const did of options.did ?? claimed) {
      context.signal.throwIfAborted();
      links.push(await identity.checkLink(did, linked, resolver));
    }
    const agents: AgentLink[] = [];
    for (const agent of options.agents ? (document.agents ?? []) : []) {
      const claiming = { ...linked, agents: document.agents ?? [] };
      agents.push(await identity.checkAgent(client, agent, claiming));
    }
    const all = [...links, ...agents];
    const good = all.length > 0 && all.every(({ holds }) => holds);
    return {
      json: {
        status: good ? "linked" : "not-linked",
        provider,
        name: document.name,
        links,
        agents,
      },
      text: textOf(provider, links, agents),
      exitCode: good ? EXIT.ok : EXIT.negative,
    };
  });
}

function textOf(provider: number, links: readonly Link[], agents: readonly AgentLink[]): string[] {
  if (links.length + agents.length === 0) return [`Provider ${provider} claims no identity.`];
  return [
    ...links.map(({ did, holds, by, fault, detail }) =>
      holds ? `holds     ${did}, by ${by}` : `does not  ${did}: ${fault}. ${detail}`,
    ),
    ...agents.map(({ agent, holds, fault }) =>
      holds ? `holds     ${agent}` : `does not  ${agent}: ${fault}`,
    ),
  ];
}
