import { approve, getMarketBalance } from "@deco-network/sdk/actions";
import { type Address, erc20Abi } from "viem";
import { readContract } from "viem/actions";

import { RequesterError } from "../errors.ts";
import type { Market } from "../market/market.ts";

export interface BondCover {
  readonly token: Address;
  /** Base units. */
  readonly amount: bigint;
  /** Who puts up the bond. */
  readonly account: Address;
  readonly signal?: AbortSignal;
}

/**
 * Lets the market pull what the account's balance in it does not cover of a bond.
 * @throws RequesterError `balance-too-low`
 */
export async function coverBond(
  { client, deployment }: Market,
  { token, amount, account, signal }: BondCover,
): Promise<void> {
  const held = await getMarketBalance(client, { deployment, token, account });
  if (held >= amount) return;
  const missing = amount - held;
  const erc20 = { address: token, abi: erc20Abi } as const;
  const owned = await readContract(client, {
    ...{ ...erc20, functionName: "balanceOf", args: [account] },
  });
  if (owned < missing) {
    throw new RequesterError(
      "balance-too-low",
      `${account} holds ${owned} base units of ${token}; the bond needs ${missing} more.`,
      { remedy: "Fund the account, or wait until another bond has come back." },
    );
  }
  const allowed = await readContract(client, {
    ...{ ...erc20, functionName: "allowance", args: [account, deployment.market] },
  });
  if (allowed >= missing) return;
  await approve(client, { deployment, token, amount: missing, signal });
}
