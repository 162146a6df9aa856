import { waitForReceipt } from "@deco-network/sdk";
import {
  type Address,
  type Client,
  type Hash,
  hexToString,
  isAddressEqual,
  parseAbi,
  stringToHex,
} from "viem";
import { readContract, writeContract } from "viem/actions";

import type { LinkedProvider } from "./check-link.ts";
import { IdentityError } from "./errors.ts";
import { type ProviderPlace, providerUri } from "./provider-uri.ts";
import type { SigningClient } from "./registry.ts";

/** What a link takes of ERC-8004's identity registry, a draft. */
const agentAbi = parseAbi([
  "function ownerOf(uint256 agentId) view returns (address)",
  "function getMetadata(uint256 agentId, string metadataKey) view returns (bytes)",
  "function setMetadata(uint256 agentId, string metadataKey, bytes metadataValue)",
]);

/** Under which an agent names its provider. */
const METADATA_KEY = "decoProvider";

const AGENT = /^eip155:([1-9]\d{0,15}):(0x[0-9a-fA-F]{40}):(0|[1-9]\d{0,77})$/;

/** An agent of ERC-8004. */
export interface Agent {
  readonly chainId: number;
  readonly registry: Address;
  readonly id: bigint;
}

/**
 * Reads an agent's name, `eip155:<chain id>:<registry>:<agent id>`.
 * @throws IdentityError `agent-malformed`
 */
export function parseAgent(text: string): Agent {
  const [, chain, registry, id] = AGENT.exec(text) ?? [];
  if (chain === undefined || registry === undefined || id === undefined) {
    throw new IdentityError("agent-malformed", `"${text}" names no agent.`);
  }
  return { chainId: Number(chain), registry: registry as Address, id: BigInt(id) };
}

/**
 * Has an agent of the client's account name a provider.
 * @throws IdentityError `agent-elsewhere`, `agent-refused`
 */
export async function nameProviderByAgent(
  client: SigningClient,
  agent: Agent,
  place: ProviderPlace,
): Promise<Hash> {
  const { chainId, registry: address, id } = agent;
  if (chainId !== place.chainId) {
    throw new IdentityError("agent-elsewhere", `The agent is on chain ${chainId}.`);
  }
  const { account, chain } = client;
  try {
    const value = stringToHex(providerUri(place));
    const hash = await writeContract(client, {
      ...{ address, abi: agentAbi, functionName: "setMetadata", account, chain },
      args: [id, METADATA_KEY, value],
    });
    const { status } = await waitForReceipt(client, { hash });
    if (status === "success") return hash;
  } catch (cause) {
    throw new IdentityError("agent-refused", `${address} refuses to change agent ${id}.`, cause);
  }
  throw new IdentityError("agent-refused", `${address} refused to change agent ${id}.`);
}

/** Why an agent and a provider are not linked; the codes are stable. */
export type AgentFault =
  /** The provider's metadata does not name the agent. */
  | "agent-unnamed"
  /** The name is none, or of another chain than the provider's. */
  | "agent-elsewhere"
  /** The registry knows no such agent, or is none. */
  | "agent-unknown"
  /** The agent belongs to another than the provider's owner. */
  | "agent-foreign"
  /** The agent's metadata names no such provider. */
  | "provider-unnamed";

export interface AgentLink {
  readonly agent: string;
  readonly holds: boolean;
  readonly fault?: AgentFault;
}

/**
 * Judges whether an agent and a provider name each other. The agent's own word is taken only while it belongs to the
 * provider: its metadata outlives a sale.
 */
export async function checkAgent(
  client: Client,
  agent: string,
  provider: LinkedProvider & { readonly agents: readonly string[] },
): Promise<AgentLink> {
  const no = (fault: AgentFault): AgentLink => ({ agent, holds: false, fault });
  if (!provider.agents.includes(agent)) return no("agent-unnamed");
  const parsed = AGENT.test(agent) ? parseAgent(agent) : undefined;
  if (parsed?.chainId !== provider.chainId) return no("agent-elsewhere");
  const contract = { address: parsed.registry, abi: agentAbi } as const;
  try {
    const owner = await readContract(client, {
      ...{ ...contract, functionName: "ownerOf", args: [parsed.id] },
    });
    if (!provider.accounts.some((each) => isAddressEqual(each, owner))) return no("agent-foreign");
    const args = [parsed.id, METADATA_KEY] as const;
    const value = await readContract(client, { ...contract, functionName: "getMetadata", args });
    return hexToString(value) === providerUri(provider)
      ? { agent, holds: true }
      : no("provider-unnamed");
  } catch {
    return no("agent-unknown");
  }
}
