import { approve, getMarketBalance } from "@deco-network/sdk/actions";
import type { OpenMarket } from "../context/open-market.ts";

/** Lets the market pull what the owner's balance in it does not cover. */
export async function approveStake(
  { client, deployment }: OpenMarket,
  amount: bigint,
  signal: AbortSignal,
): Promise<void> {
  const account = client.account?.address;
  if (account === undefined) return;
  const { token } = deployment;
  const held = await getMarketBalance(client, { deployment, token, account });
  if (held >= amount) return;
  await approve(client, { deployment, token, amount: amount - held, signal });
}
