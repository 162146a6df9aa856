import { MILLI_DECO, type Request, taskEscrowOf } from "@deco-network/sdk";
import { getMarketBalance, getParameters } from "@deco-network/sdk/actions";
import { type Address, erc20Abi, isAddressEqual } from "viem";
import { readContract } from "viem/actions";

import { RequesterError } from "../errors.ts";
import type { Market } from "../market/market.ts";

/** Base units of one token that posting takes. */
export interface Dues {
  readonly token: Address;
  readonly amount: bigint;
}

/** What is to be approved before `post`, because the market balance does not cover it. */
export interface Approval {
  readonly token: Address;
  /** Base units that the market will pull. */
  readonly missing: bigint;
}

/** Escrow and posting fee of a request, by token. */
export async function duesOf(market: Market, request: Request): Promise<Dues[]> {
  const { client, deployment } = market;
  const { task } = await getParameters(client, { deployment, token: request.token });
  const escrow = taskEscrowOf(request, task);
  const fee = BigInt(task.postingFee) * MILLI_DECO;
  if (isAddressEqual(request.token, deployment.token)) {
    return [{ token: request.token, amount: escrow + fee }];
  }
  return [
    { token: request.token, amount: escrow },
    { token: deployment.token, amount: fee },
  ].filter(({ amount }) => amount > 0n);
}

/** What the requester's balance in the market lacks: a signed request is paid from nothing else. */
export async function missingDeposits(market: Market, request: Request): Promise<Approval[]> {
  const { client, deployment } = market;
  const missing: Approval[] = [];
  for (const { token, amount } of await duesOf(market, request)) {
    const account = request.requester;
    const deposited = await getMarketBalance(client, { deployment, token, account });
    if (deposited < amount) missing.push({ token, missing: amount - deposited });
  }
  return missing;
}

/**
 * Finds what the market lacks, and makes sure that the requester has it.
 * @returns tokens whose allowance is too small
 * @throws RequesterError `balance-too-low`
 */
export async function missingApprovals(market: Market, request: Request): Promise<Approval[]> {
  const { client, deployment } = market;
  const approvals: Approval[] = [];
  for (const { token, amount } of await duesOf(market, request)) {
    const holder = request.requester;
    const deposited = await getMarketBalance(client, { deployment, token, account: holder });
    if (deposited >= amount) continue;
    const missing = amount - deposited;
    const erc20 = { address: token, abi: erc20Abi } as const;
    const held = await readContract(client, {
      ...erc20,
      functionName: "balanceOf",
      args: [holder],
    });
    if (held < missing) {
      throw new RequesterError(
        "balance-too-low",
        `${holder} holds ${held} base units of ${token}; posting needs ${missing}.`,
        { remedy: "Fund the account, lower the price, or ask for fewer replicas." },
      );
    }
    const allowed = await readContract(client, {
      ...erc20,
      functionName: "allowance",
      args: [holder, deployment.market],
    });
    if (allowed < missing) approvals.push({ token, missing });
  }
  return approvals;
}
