import type { Address } from "viem";
import { encodeEventTopics, getAddress, isAddressEqual, parseEventLogs } from "viem";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { LogRange } from "../client/read-logs.ts";
import { readContractLogs } from "../client/read-logs.ts";
import { decoParametersAbi } from "../generated/abis/deco-parameters.ts";
import { getToken, type TokenInfo } from "./get-token.ts";

export type ListPaymentTokensParameters = LogRange;

export type ListPaymentTokensReturnType = readonly TokenInfo[];

/**
 * Every token in which the market may owe something: DECO first, then those that governance has
 * ever listed, also where it listed them no longer. A token that does not tell its symbol and
 * decimals is called by its address, and its amounts are base units.
 * @throws DecoUsageError `aborted`.
 */
export async function listPaymentTokens(
  client: DecoClient,
  parameters: ListPaymentTokensParameters = {},
): Promise<ListPaymentTokensReturnType> {
  const { parameters: address, token: deco } = deploymentOf(client, parameters);
  const topics = encodeEventTopics({ abi: decoParametersAbi, eventName: "TokenChanged" });
  // Tokens may be listed before the market is deployed.
  const range = { fromBlock: 0, ...parameters };
  const logs = await readContractLogs(client, range, address, topics as [`0x${string}`]);
  const changes = parseEventLogs({ abi: decoParametersAbi, logs, eventName: "TokenChanged" });
  const others = changes
    .map(({ args }) => getAddress(args.token))
    .filter((token) => !isAddressEqual(token, deco));
  return await Promise.all(
    [deco, ...new Set(others)].map(async (token): Promise<TokenInfo> => {
      return await getToken(client, { ...parameters, token }).catch(() => nameless(token));
    }),
  );
}

function nameless(address: Address): TokenInfo {
  return { address, symbol: address, decimals: 0 };
}
