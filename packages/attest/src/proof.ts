import { verify } from "node:crypto";
import {
  bytesToHex,
  concat,
  decodeAbiParameters,
  encodeAbiParameters,
  type Hash,
  type Hex,
  hexToBytes,
  parseAbiParameters,
} from "viem";

import type { PublicPoint } from "./evidence.ts";
import { pointKey } from "./tpm/structures.ts";

/** Order of P-256. */
export const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const PROOF = parseAbiParameters("bytes32 key, bytes32 environment, bytes32 r, bytes32 s");

export interface P256Signature {
  readonly r: Hex;
  readonly s: Hex;
}

/** A proof as the attested policy takes it. */
export interface AttestedProof extends P256Signature {
  /** Id of the enrolment. */
  readonly key: Hash;
  /** Measurement of the environment. */
  readonly environment: Hash;
}

/** A result, and what it is the result of. */
export interface SignedResult {
  readonly task: Hash;
  readonly result: Hash;
  readonly environment: Hash;
}

/** The bytes whose SHA-256 a key signs for a result. */
export function messageOf({ task, result, environment }: SignedResult): Uint8Array {
  return hexToBytes(concat([result, environment, task]));
}

export function encodeAttestedProof({ key, environment, r, s }: AttestedProof): Hex {
  return encodeAbiParameters(PROOF, [key, environment, r, s]);
}

/** @returns undefined when the bytes are no such proof */
export function decodeAttestedProof(proof: Hex): AttestedProof | undefined {
  if (proof.length !== 2 + 4 * 64) return undefined;
  const [key, environment, r, s] = decodeAbiParameters(PROOF, proof);
  return { key, environment, r, s };
}

/** Whether the policy takes the signature: of both forms only the one with the low s. */
export function isResultSigned(
  signed: SignedResult,
  { r, s }: P256Signature,
  { x, y }: PublicPoint,
): boolean {
  const [numberR, numberS] = [BigInt(r), BigInt(s)];
  if (numberR === 0n || numberR >= ORDER || numberS === 0n || numberS > ORDER / 2n) return false;
  const key = pointKey(hexToBytes(x), hexToBytes(y));
  const signature = hexToBytes(concat([r, s]));
  return verify("sha256", messageOf(signed), { key, dsaEncoding: "ieee-p1363" }, signature);
}

/** Of two signatures of one message, the one that the policy takes. */
export function withLowS({
  r,
  s,
}: {
  readonly r: Uint8Array;
  readonly s: Uint8Array;
}): P256Signature {
  const number = BigInt(bytesToHex(s));
  const low = number > ORDER / 2n ? ORDER - number : number;
  const text = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`;
  return { r: text(BigInt(bytesToHex(r))), s: text(low) };
}
