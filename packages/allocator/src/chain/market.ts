import { type DecoDeployment, decodeContractError, taskStatusOf } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { getPolicy } from "@deco-network/sdk/actions";
import { type Address, type Hash, isAddressEqual, type PublicClient, zeroAddress } from "viem";

/** The latest block that was seen. */
export interface Head {
  readonly number: number;
  /** Seconds. */
  readonly timestamp: number;
}

/** The market and a node of its chain. */
export interface Chain {
  readonly client: PublicClient;
  readonly deployment: DecoDeployment;
}

export async function readHead(client: PublicClient): Promise<Head> {
  const { number, timestamp } = await client.getBlock({ blockTag: "latest" });
  return { number: Number(number), timestamp: Number(timestamp) };
}

/** Whether a task of this id was opened, and whether it is over, by a cancellation or otherwise. */
export async function taskState(
  { client, deployment }: Chain,
  taskId: Hash,
): Promise<"absent" | "open" | "ended"> {
  const market = { address: deployment.market, abi: decoMarketAbi, args: [taskId] } as const;
  try {
    await client.readContract({ ...market, functionName: "getTask" });
    return "open";
  } catch (error) {
    const code = decodeContractError(error)?.code;
    if (code === "UnknownTask") return "absent";
    if (code !== "WrongStatus") throw error;
    // It has ended, or is folded.
    const { status } = await client.readContract({ ...market, functionName: "getOutcome" });
    return taskStatusOf(status) === "folded" ? "open" : "ended";
  }
}

/** Whether the task is decided by a proof, for which its seat commits to nothing; a judge needs seats with words of their own. */
export async function isProvenAtOnce(
  { client, deployment }: Chain,
  policy: Address,
): Promise<boolean> {
  if (isAddressEqual(policy, zeroAddress)) return false;
  return (await getPolicy(client, { deployment, policy })).kind === "instant";
}

/** Whether governance lists the allocator: then one seat of each round is left to the draw. */
export async function movesTrust(
  { client, deployment }: Chain,
  allocator: Address,
): Promise<boolean> {
  return await client.readContract({
    ...{ address: deployment.parameters, abi: decoParametersAbi },
    ...{ functionName: "movesTrust", args: [allocator] },
  });
}
