import type { Market } from "@deco-network/requester";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import {
  createClient,
  type EIP1193RequestFn,
  erc20Abi,
  type Hex,
  parseTransaction,
  slice,
  toFunctionSelector,
} from "viem";

import type { ActObserver } from "../acts.ts";

/** Functions of the market and of tokens, by selector. */
const NAMES = new Map<Hex, string>(
  [...decoMarketAbi, ...erc20Abi].flatMap((item) =>
    item.type === "function" ? [[toFunctionSelector(item), item.name]] : [],
  ),
);

/**
 * The market, through a client that lets an observer see each transaction as it is handed to the network: whatever calls
 * it, everything that is sent passes here.
 */
export function observeSending({ client, deployment }: Market, observer: ActObserver): Market {
  const ask = client.request as EIP1193RequestFn;
  const request = (async (call, options) => {
    const data = sentIn(call);
    if (data === undefined) return await ask(call, options);
    const act = { kind: "broadcast", call: nameOf(data) } as const;
    observer.before?.(act);
    const hash = await ask(call, options);
    observer.after?.(act);
    return hash;
  }) as EIP1193RequestFn;
  const { account, chain, pollingInterval, cacheTime, transport } = client;
  const observed = createClient({
    ...{ account, chain, pollingInterval, cacheTime },
    // Errors of the client's own transport pass as they are.
    transport: () => ({ config: { ...transport, request }, request }),
  });
  return { client: observed, deployment };
}

/** What a call of the node sends, if it sends something: signed here, or by the node's own account. */
function sentIn(call: { readonly method: string; readonly params?: unknown }): Hex | undefined {
  const [sent] = Array.isArray(call.params) ? (call.params as readonly unknown[]) : [];
  if (call.method === "eth_sendRawTransaction") return parseTransaction(sent as Hex).data ?? "0x";
  if (call.method !== "eth_sendTransaction") return undefined;
  return (sent as { readonly data?: Hex }).data ?? "0x";
}

function nameOf(data: Hex): string {
  if (data.length < 10) return "transfer";
  const selector = slice(data, 0, 4);
  return NAMES.get(selector) ?? selector;
}
