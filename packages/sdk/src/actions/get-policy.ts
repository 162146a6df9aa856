import type { Address, Hex } from "viem";
import { zeroHash } from "viem";
import { readContract } from "viem/actions";
import { readMarket } from "../client/call-market.ts";
import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { decoParametersAbi } from "../generated/abis/deco-parameters.ts";
import { iProofPolicyAbi } from "../generated/abis/i-proof-policy.ts";

export interface GetPolicyParameters extends DecoParameters {
  readonly policy: Address;
  /** What a request would tell it; default: zero. */
  readonly policyData?: Hex | undefined;
}

/** A proof policy as governance knows it. */
export interface PolicyInfo {
  readonly listed: boolean;
  /** Removed for ever. */
  readonly tombstoned: boolean;
  readonly kind: "instant" | "judge";
  readonly gasCap: number;
  /** Whether it serves requests with this policyData; false when it cannot be asked. */
  readonly accepts: boolean;
}
export type GetPolicyReturnType = PolicyInfo;

/** A proof policy's standing, and whether it serves some data. */
export async function getPolicy(
  client: DecoClient,
  parameters: GetPolicyParameters,
): Promise<GetPolicyReturnType> {
  const { parameters: address } = deploymentOf(client, parameters);
  const { policy, policyData = zeroHash } = parameters;
  const { kind, ...listing } = await readMarket(
    readContract(client, {
      ...{ address, abi: decoParametersAbi, functionName: "policyParameters" },
      args: [policy],
    }),
  );
  const accepts = await readContract(client, {
    ...{ address: policy, abi: iProofPolicyAbi, functionName: "accepts", args: [policyData] },
  }).catch(() => false);
  return { ...listing, kind: kind === 0 ? "instant" : "judge", accepts };
}
