import { computeAddress, decodeBase58, encodeBase58, SigningKey } from "ethers";
import { type Address, getAddress, type Hex, toHex } from "viem";

/** The multicodec of a compressed key of secp256k1, as a variable-length integer. */
const SECP256K1 = "e701";
/** Base 58 of Bitcoin, in the multibase of DIDs. */
const BASE58BTC = "z";
/** 33 bytes, which begin with 02 or 03: as a number, the key lacks a digit. */
const COMPRESSED_DIGITS = 66;

/** The `did:ethr` of an account, on a chain by its number. */
export function ethrDid(chainId: number, account: Address): string {
  return `did:ethr:${toHex(chainId)}:${getAddress(account)}`;
}

/**
 * The `did:key` of an account's public key.
 * @param publicKey of secp256k1, compressed or not
 */
export function keyDid(publicKey: Hex): string {
  const compressed = SigningKey.computePublicKey(publicKey, true).slice(2);
  return `did:key:${BASE58BTC}${encodeBase58(`0x${SECP256K1}${compressed}`)}`;
}

/**
 * The account of a key that a DID document shows in base 58.
 * @returns undefined for what is no key of secp256k1
 */
export function accountOfBase58(text: string): Address | undefined {
  try {
    const hex = decodeBase58(text).toString(16);
    return getAddress(computeAddress(`0x${hex.padStart(COMPRESSED_DIGITS, "0")}`));
  } catch {
    return undefined;
  }
}
