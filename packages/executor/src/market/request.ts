import { decoMarketAbi, type Request } from "@deco-network/sdk";
import { decodeAbiParameters, encodeAbiParameters, getAbiItem, type Hex } from "viem";

import { RecentMap } from "../runtime/recent-map.ts";

const { inputs } = getAbiItem({ abi: decoMarketAbi, name: "post" });

/** More than any daemon has under way; every look at an assignment reads its request. */
const KEPT = 1_024;
const decoded = new RecentMap<Hex, Request>(KEPT);

/** The form in which requests are journaled. */
export function encodeRequest(request: Request): Hex {
  return encodeAbiParameters(inputs, [request]);
}

/** The same object for the same bytes, while it is among those used last. */
export function decodeRequest(data: Hex): Request {
  return decoded.get(data, () => decodeAbiParameters(inputs, data)[0]);
}
