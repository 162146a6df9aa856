import type { Hex } from "viem";
import { isHex, keccak256, toRlp } from "viem";

/** Fields of a header in the order of their encoding, up to Osaka. */
const FIELDS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
] as const;

/** Numbers, which lose their leading zeros; the other fields are bytes of fixed length. */
const NUMBERS: ReadonlySet<string> = new Set([
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "baseFeePerGas",
  "blobGasUsed",
  "excessBlobGas",
]);

/**
 * RLP encoding of a block's header, as `PrevrandaoRandomness` takes it.
 * @param block The answer of `eth_getBlockByNumber`, not viem's reading of it.
 * @returns undefined when the encoding does not hash to the block's hash: the chain has other fields.
 */
export function encodeBlockHeader(block: Readonly<Record<string, unknown>>): Hex | undefined {
  const items = FIELDS.map((field) => [field, block[field]] as const)
    .filter((entry): entry is readonly [(typeof FIELDS)[number], Hex] => isHex(entry[1]))
    .map(([field, value]) => (NUMBERS.has(field) ? minimalBytes(value) : value));
  const header = toRlp(items);
  return keccak256(header) === block.hash ? header : undefined;
}

/** A number in as few bytes as it needs; zero is empty. */
function minimalBytes(value: Hex): Hex {
  const digits = value.slice(2).replace(/^0+/, "");
  return `0x${digits.length % 2 === 0 ? "" : "0"}${digits}`;
}
