import { listPaymentTokens, type TokenInfo } from "@deco-network/sdk/actions";
import { isAddress, isAddressEqual } from "viem";

import { CliError } from "../errors.ts";
import type { CommandContext } from "./command-context.ts";
import type { OpenMarket } from "./open-market.ts";

/**
 * The tokens in which the market may owe something, or the one that was named.
 * @param named symbol or address; undefined means all
 * @throws CliError `token-unknown`
 */
export async function paymentTokens(
  { signal }: CommandContext,
  { client, deployment }: OpenMarket,
  named: string | undefined,
): Promise<readonly TokenInfo[]> {
  const tokens = await listPaymentTokens(client, { deployment, signal });
  if (named === undefined) return tokens;
  const found = tokens.filter(({ address, symbol }) =>
    isAddress(named, { strict: false }) ? isAddressEqual(address, named) : symbol === named,
  );
  if (found.length === 1) return found;
  const known = tokens.map(({ symbol, address }) => `${symbol} (${address})`).join(", ");
  throw new CliError(
    "token-unknown",
    found.length === 0
      ? `The market has no payment token "${named}".`
      : `Several payment tokens are called "${named}".`,
    { remedy: `Name one by its address: ${known}.` },
  );
}
