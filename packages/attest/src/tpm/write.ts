import { ALGORITHM, ATTEST, CURVE_P256 } from "./structures.ts";

// The structures of structures.ts, written.

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([u16(bytes.length), bytes]);
}

/** TPMT_PUBLIC of a signing key on P-256; a restricted one names its scheme. */
export function eccPublic(
  { x, y }: { readonly x: Uint8Array; readonly y: Uint8Array },
  attributes: number,
  authPolicy: Uint8Array,
): Buffer {
  return Buffer.concat([
    ...[u16(ALGORITHM.ecc), u16(ALGORITHM.sha256), u32(attributes), sized(authPolicy)],
    ...[u16(ALGORITHM.null), u16(ALGORITHM.ecdsa), u16(ALGORITHM.sha256)],
    ...[u16(CURVE_P256), u16(ALGORITHM.null), sized(x), sized(y)],
  ]);
}

/** TPML_PCR_SELECTION of registers of the SHA-256 bank. */
export function pcrSelection(indices: readonly number[]): Buffer {
  const map = Buffer.alloc(3);
  for (const index of indices) map[index >> 3] = (map[index >> 3] ?? 0) | (1 << (index & 7));
  return Buffer.concat([u32(1), u16(ALGORITHM.sha256), Buffer.from([3]), map]);
}

/** TPMS_ATTEST: `body` is that of its type. */
export function attestOf(
  type: "quote" | "certify",
  signer: Uint8Array,
  extraData: Uint8Array,
  body: Uint8Array,
): Buffer {
  const clock = Buffer.alloc(17 + 8);
  return Buffer.concat([
    ...[u32(ATTEST.magic), u16(ATTEST[type]), sized(signer), sized(extraData), clock, body],
  ]);
}

/** TPMT_SIGNATURE of ECDSA over SHA-256. */
export function ecdsaSignature(raw: Uint8Array): Buffer {
  return Buffer.concat([
    ...[u16(ALGORITHM.ecdsa), u16(ALGORITHM.sha256)],
    ...[sized(raw.subarray(0, 32)), sized(raw.subarray(32))],
  ]);
}
