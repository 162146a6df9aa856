import type { Address, Hash } from "viem";
import { encodeEventTopics, parseEventLogs } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import type { LogRange } from "../client/read-logs.ts";
import { readContractLogs } from "../client/read-logs.ts";
import { zkPolicyAbi } from "../generated/abis/zk-policy.ts";

export interface ListCircuitDescriptionsParameters extends LogRange {
  /** A `ZkPolicy`. */
  readonly policy: Address;
  readonly circuit: Hash;
}

/** Where somebody says that a circuit's source, keys and transcript are. */
export interface CircuitDescription {
  /** SHA-256 of a `circuit/1` document; nobody has checked it. */
  readonly document: Hash;
  readonly by: Address;
}
export type ListCircuitDescriptionsReturnType = readonly CircuitDescription[];

/**
 * What was said of a circuit at a policy, oldest first; each document once, for whoever named it first.
 * @throws DecoUsageError `aborted`.
 */
export async function listCircuitDescriptions(
  client: DecoClient,
  parameters: ListCircuitDescriptionsParameters,
): Promise<ListCircuitDescriptionsReturnType> {
  const { policy, circuit } = parameters;
  const topics = encodeEventTopics({
    ...{ abi: zkPolicyAbi, eventName: "CircuitDescribed", args: { circuit } },
  });
  const logs = await readContractLogs(client, parameters, policy, topics);
  const found = new Map<Hash, CircuitDescription>();
  const events = parseEventLogs({ abi: zkPolicyAbi, eventName: "CircuitDescribed", logs });
  for (const { args } of events) {
    const { document, by } = args;
    if (!found.has(document)) found.set(document, { document, by });
  }
  return [...found.values()];
}
