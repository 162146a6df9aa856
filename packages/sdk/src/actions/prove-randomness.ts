import type { Hex } from "viem";
import { encodeFunctionData, numberToHex } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { encodeBlockHeader } from "../digests/block-header.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import { DecoUsageError } from "../errors/usage-error.ts";
import { prevrandaoRandomnessAbi } from "../generated/abis/prevrandao-randomness.ts";

export interface ProveRandomnessParameters extends WriteParameters {
  /** Block whose randomness seeds a round. */
  readonly seedBlock: number;
}

export type ProveRandomnessReturnType = WriteResult;

/** What {@link proveRandomness} throws. */
export type ProveRandomnessErrorType = DecoContractError | DecoUsageError;

/**
 * Makes the randomness of a block known to the market by the next block's header, once for all tasks. Public chains
 * need it; local ones take seeds from block hashes.
 * @throws DecoContractError `AlreadyProven`, `UnknownHeader`.
 * @throws DecoUsageError `header-unknown`.
 */
export async function proveRandomness(
  client: DecoClient,
  parameters: ProveRandomnessParameters,
): Promise<ProveRandomnessReturnType> {
  const { randomness } = deploymentOf(client, parameters);
  // The mix after a block's reveal is in the next block's header.
  const header = await readHeader(client, parameters.seedBlock + 1);
  const args = [header] as const;
  const data = encodeFunctionData({ abi: prevrandaoRandomnessAbi, functionName: "prove", args });
  return await sendCall(client, parameters, { to: randomness, data });
}

async function readHeader(client: DecoClient, number: number): Promise<Hex> {
  const block = await client.request({
    method: "eth_getBlockByNumber",
    params: [numberToHex(number), false],
  });
  const header = block === null ? undefined : encodeBlockHeader({ ...block });
  if (header !== undefined) return header;
  const what = block === null ? "does not exist yet" : "has a header of another form";
  throw new DecoUsageError("header-unknown", `block ${number} ${what}`, {
    remedy: "Wait for the block; if it exists, update this package for the chain's newer fields.",
  });
}
