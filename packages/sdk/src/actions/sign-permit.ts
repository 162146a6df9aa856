import type { Address, Hex } from "viem";
import { parseSignature } from "viem";
import { readContract, signTypedData } from "viem/actions";
import type { WriteParameters } from "../client/call-market.ts";
import { accountOf } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoTokenAbi } from "../generated/abis/deco-token.ts";

export interface SignPermitParameters extends Pick<WriteParameters, "account" | "deployment"> {
  /** A token with EIP-2612 and EIP-5267, such as DECO. */
  readonly token: Address;
  /** Base units that the market may take. */
  readonly value: bigint;
  /** Last second of block time at which the permit counts. */
  readonly deadline: bigint;
}

/** A signed permit in the form that contracts take. */
export interface SignPermitReturnType {
  readonly value: bigint;
  readonly deadline: bigint;
  readonly v: number;
  readonly r: Hex;
  readonly s: Hex;
}

/** What {@link signPermit} throws. */
export type SignPermitErrorType = DecoUsageError;

const permitTypes = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/**
 * Signs an allowance for the market, which saves the approving transaction.
 * @throws DecoUsageError `account-missing`, `deployment-unknown`.
 */
export async function signPermit(
  client: DecoClient,
  parameters: SignPermitParameters,
): Promise<SignPermitReturnType> {
  const { market } = deploymentOf(client, parameters);
  const account = accountOf(client, parameters);
  const { token, value, deadline } = parameters;
  const contract = { address: token, abi: decoTokenAbi } as const;
  const [[, name, version, chainId], nonce] = await Promise.all([
    readContract(client, { ...contract, functionName: "eip712Domain" }),
    readContract(client, { ...contract, functionName: "nonces", args: [account.address] }),
  ]);
  const signature = await signTypedData(client, {
    account,
    domain: { name, version, chainId: Number(chainId), verifyingContract: token },
    types: permitTypes,
    primaryType: "Permit",
    message: { owner: account.address, spender: market, value, nonce, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  return { value, deadline, v: 27 + yParity, r, s };
}
