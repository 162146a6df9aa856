import { type Hex, toRlp } from "viem";

/** A block as `eth_getBlockByNumber` answers it. */
export interface RpcBlock {
  readonly hash: Hex;
  readonly number: Hex;
  readonly mixHash: Hex;
  readonly [field: string]: unknown;
}

/** Header fields in the order of their encoding; `scalar` ones lose leading zeros. */
const FIELDS: readonly (readonly [name: string, kind: "bytes" | "scalar"])[] = [
  ["parentHash", "bytes"],
  ["sha3Uncles", "bytes"],
  ["miner", "bytes"],
  ["stateRoot", "bytes"],
  ["transactionsRoot", "bytes"],
  ["receiptsRoot", "bytes"],
  ["logsBloom", "bytes"],
  ["difficulty", "scalar"],
  ["number", "scalar"],
  ["gasLimit", "scalar"],
  ["gasUsed", "scalar"],
  ["timestamp", "scalar"],
  ["extraData", "bytes"],
  ["mixHash", "bytes"],
  ["nonce", "bytes"],
  ["baseFeePerGas", "scalar"],
  ["withdrawalsRoot", "bytes"],
  ["blobGasUsed", "scalar"],
  ["excessBlobGas", "scalar"],
  ["parentBeaconBlockRoot", "bytes"],
  ["requestsHash", "bytes"],
  ["blockAccessListHash", "bytes"],
];

/** The RLP encoding of a block's header: every field that the block has, in order. */
export function encodeHeader(block: RpcBlock): Hex {
  const items: Hex[] = [];
  for (const [name, kind] of FIELDS) {
    const value = block[name];
    if (typeof value !== "string") continue;
    items.push(kind === "bytes" ? (value as Hex) : scalar(value as Hex));
  }
  return toRlp(items);
}

function scalar(value: Hex): Hex {
  const digits = BigInt(value).toString(16);
  if (digits === "0") return "0x";
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}
