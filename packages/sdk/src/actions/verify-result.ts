import type { Hex } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";

export interface VerifyResultParameters extends DecoParameters {
  readonly taskId: Hex;
  /** Item of the bag; 0 for a single run. */
  readonly index?: number | undefined;
  /** Digest of the item's result document. */
  readonly item: Hex;
  /** Single run: absent. Bag: the Merkle path, then the manifest's digest. */
  readonly proof?: readonly Hex[] | undefined;
}

export interface VerifyResultReturnType {
  readonly accepted: boolean;
  /** Stake that lying would have cost, in base units of DECO; 0 unless accepted. */
  readonly securityBudget: bigint;
}

/** Asks the chain whether a result document is the accepted one. */
export async function verifyResult(
  client: DecoClient,
  parameters: VerifyResultParameters,
): Promise<VerifyResultReturnType> {
  const { market: address } = deploymentOf(client, parameters);
  const { taskId, index = 0, item, proof = [] } = parameters;
  const args = [taskId, BigInt(index), item, [...proof]] as const;
  const [accepted, securityBudget] = await readMarket(
    readContract(client, { address, abi: decoMarketAbi, functionName: "verifyResult", args }),
  );
  return { accepted, securityBudget };
}
