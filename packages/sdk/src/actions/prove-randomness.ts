import type { Hex } from "viem";
import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { prevrandaoRandomnessAbi } from "../generated/abis/prevrandao-randomness.ts";

export interface ProveRandomnessParameters extends WriteParameters {
  /** RLP-encoded header of the seed's block. */
  readonly header: Hex;
}

export type ProveRandomnessReturnType = WriteResult;

/** What {@link proveRandomness} throws. */
export type ProveRandomnessErrorType = DecoContractError | DecoUsageError;

/**
 * Makes the randomness of a block known to the market, once for all tasks. Needed on public chains only.
 * @throws DecoContractError `AlreadyProven`, `UnknownHeader`, `RLPInvalidEncoding`.
 */
export async function proveRandomness(
  client: DecoClient,
  parameters: ProveRandomnessParameters,
): Promise<ProveRandomnessReturnType> {
  const { randomness } = deploymentOf(client, parameters);
  const args = [parameters.header] as const;
  const data = encodeFunctionData({ abi: prevrandaoRandomnessAbi, functionName: "prove", args });
  return await sendCall(client, parameters, { to: randomness, data });
}
