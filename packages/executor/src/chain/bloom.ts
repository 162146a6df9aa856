import { type Hex, hexToBytes, keccak256 } from "viem";

/**
 * Whether a block's log bloom may contain logs of an address. False is certain; true may err.
 * @param bloom 256 bytes, as in the header.
 */
export function bloomMayContain(bloom: Hex, address: Hex): boolean {
  const bits = hexToBytes(bloom);
  const hash = hexToBytes(keccak256(address));
  for (const at of [0, 2, 4]) {
    const bit = (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 2047;
    const byte = bits[bits.length - 1 - (bit >> 3)] ?? 0;
    if ((byte & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
