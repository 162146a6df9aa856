import { decoMarketAbi, type Request } from "@deco-network/sdk";
import { decodeAbiParameters, encodeAbiParameters, getAbiItem, type Hex } from "viem";

const { inputs } = getAbiItem({ abi: decoMarketAbi, name: "post" });

/** The form in which requests are journaled. */
export function encodeRequest(request: Request): Hex {
  return encodeAbiParameters(inputs, [request]);
}

export function decodeRequest(data: Hex): Request {
  return decodeAbiParameters(inputs, data)[0];
}
