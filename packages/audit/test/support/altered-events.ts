import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { encodeEventTopics, type Hex, numberToHex } from "viem";

import type { Lie } from "./lying-client.ts";

/** A log as nodes send it. */
export interface RpcLog {
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** Rewrites the data of the first event of one kind. */
export function changeEvent(eventName: string, change: (data: Hex) => Hex): Lie {
  const abi = decoMarketAbi.filter((item) => item.type === "event" && item.name === eventName);
  const [topic] = encodeEventTopics({ abi, eventName } as Parameters<typeof encodeEventTopics>[0]);
  return (method, _params, answer) => {
    if (method !== "eth_getLogs") return answer;
    const logs = answer as RpcLog[];
    const first = logs.find((log) => log.topics[0] === topic);
    return logs.map((log) => (log === first ? { ...log, data: change(log.data) } : log));
  };
}

/** Replaces one 32-byte word of event data. */
export function word(index: number, value: bigint): (data: Hex) => Hex {
  return (data) => {
    const start = 2 + index * 64;
    return `${data.slice(0, start)}${numberToHex(value, { size: 32 }).slice(2)}${data.slice(start + 64)}` as Hex;
  };
}
