import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";

import { AttestError } from "../errors.ts";
import { ByteReader } from "./byte-reader.ts";

// Numbers of the TPM 2.0 library specification, part 2.
export const ALGORITHM = {
  rsa: 0x01,
  sha256: 0x0b,
  null: 0x10,
  rsassa: 0x14,
  ecdsa: 0x18,
  ecc: 0x23,
} as const;
export const ATTEST = { magic: 0xff544347, certify: 0x8017, quote: 0x8018 } as const;
export const CURVE_P256 = 0x03;
export const COMMAND_POLICY_PCR = 0x17f;

/** Bits of TPMA_OBJECT. */
export const OBJECT = {
  fixedTpm: 1 << 1,
  fixedParent: 1 << 4,
  sensitiveDataOrigin: 1 << 5,
  userWithAuth: 1 << 6,
  restricted: 1 << 16,
  decrypt: 1 << 17,
  sign: 1 << 18,
} as const;

/** A key as a TPM describes it (TPMT_PUBLIC). */
export interface TpmPublic {
  readonly attributes: number;
  readonly authPolicy: Buffer;
  readonly publicKey: KeyObject;
  /** Of keys on P-256. */
  readonly point?: { readonly x: Buffer; readonly y: Buffer };
  /** TPM2B_NAME without its length: what stands for the key in statements about it. */
  readonly name: Buffer;
}

/** @throws AttestError `evidence-invalid` */
export function parsePublic(bytes: Uint8Array, what: string): TpmPublic {
  const reader = new ByteReader(bytes, what);
  const type = reader.u16();
  if (reader.u16() !== ALGORITHM.sha256) throw reader.invalid("its name is not by SHA-256");
  const attributes = reader.u32();
  const authPolicy = reader.sized();
  if (reader.u16() !== ALGORITHM.null) reader.take(4);
  if (reader.u16() !== ALGORITHM.null) reader.take(2);
  const name = () => Buffer.concat([Buffer.from([0, ALGORITHM.sha256]), sha256(bytes)]);
  if (type === ALGORITHM.ecc) {
    if (reader.u16() !== CURVE_P256) throw reader.invalid("its curve is not P-256");
    if (reader.u16() !== ALGORITHM.null) reader.take(2);
    const [x, y] = [padded(reader.sized(), reader), padded(reader.sized(), reader)];
    reader.end();
    const publicKey = pointKey(x, y);
    return { attributes, authPolicy, publicKey, point: { x, y }, name: name() };
  }
  if (type !== ALGORITHM.rsa) throw reader.invalid("it is neither RSA nor ECC");
  const bits = reader.u16();
  const exponent = reader.u32() || 65_537;
  const modulus = reader.sized();
  reader.end();
  if (modulus.length * 8 !== bits || bits < 2_048) throw reader.invalid("its modulus is too short");
  const e = Buffer.alloc(4);
  e.writeUInt32BE(exponent);
  const jwk = { kty: "RSA", n: modulus.toString("base64url"), e: trimmed(e).toString("base64url") };
  return {
    attributes,
    authPolicy,
    publicKey: createPublicKey({ key: jwk, format: "jwk" }),
    name: name(),
  };
}

/** A statement of a TPM (TPMS_ATTEST). */
export type Attest = { readonly extraData: Buffer } & (
  | {
      readonly type: "quote";
      readonly selection: Buffer;
      readonly pcrs: readonly number[];
      readonly digest: Buffer;
    }
  | { readonly type: "certify"; readonly name: Buffer }
);

/** @throws AttestError `evidence-invalid` */
export function parseAttest(bytes: Uint8Array, what: string): Attest {
  const reader = new ByteReader(bytes, what);
  // What a TPM did not make itself never begins so: a restricted key signs nothing else that does.
  if (reader.u32() !== ATTEST.magic) throw reader.invalid("it is no statement of a TPM");
  const type = reader.u16();
  reader.sized();
  const extraData = reader.sized();
  // Clock and firmware version.
  reader.take(17 + 8);
  if (type === ATTEST.certify) {
    const name = reader.sized();
    reader.sized();
    reader.end();
    return { type: "certify", extraData, name };
  }
  if (type !== ATTEST.quote) throw reader.invalid("it is neither a quote nor a certification");
  const start = reader.offset;
  if (reader.u32() !== 1) throw reader.invalid("it quotes several banks");
  if (reader.u16() !== ALGORITHM.sha256)
    throw reader.invalid("it quotes another bank than SHA-256");
  const map = reader.take(reader.u8());
  const selection = Buffer.from(reader.since(start));
  const digest = reader.sized();
  reader.end();
  const pcrs = [...map].flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bit) => (byte & (1 << bit) ? [at * 8 + bit] : [])),
  );
  return { type: "quote", extraData, selection, pcrs, digest };
}

/** Whether a TPMT_SIGNATURE is the key's over the message. @throws AttestError `evidence-invalid` */
export function isSigned(message: Uint8Array, signature: Uint8Array, by: TpmPublic): boolean {
  const reader = new ByteReader(signature, "signature");
  const scheme = reader.u16();
  if (reader.u16() !== ALGORITHM.sha256) throw reader.invalid("it is not over SHA-256");
  if (scheme === ALGORITHM.ecdsa) {
    const raw = Buffer.concat([padded(reader.sized(), reader), padded(reader.sized(), reader)]);
    reader.end();
    if (by.point === undefined) return false;
    return verify("sha256", message, { key: by.publicKey, dsaEncoding: "ieee-p1363" }, raw);
  }
  if (scheme !== ALGORITHM.rsassa) throw reader.invalid("its scheme is not known");
  const raw = reader.sized();
  reader.end();
  return by.point === undefined && verify("sha256", message, by.publicKey, raw);
}

/** Digest of TPM2_PolicyPCR from an empty policy: who needs it can use a key in that state only. */
export function pcrPolicy(selection: Uint8Array, digest: Uint8Array): Buffer {
  const command = Buffer.alloc(4);
  command.writeUInt32BE(COMMAND_POLICY_PCR);
  return sha256(Buffer.concat([Buffer.alloc(32), command, selection, digest]));
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** The key of a point. @throws AttestError `evidence-invalid` when it is not on the curve */
export function pointKey(x: Uint8Array, y: Uint8Array): KeyObject {
  const text = (part: Uint8Array) => Buffer.from(part).toString("base64url");
  try {
    return createPublicKey({
      key: { kty: "EC", crv: "P-256", x: text(x), y: text(y) },
      format: "jwk",
    });
  } catch (cause) {
    throw new AttestError(
      "evidence-invalid",
      "The key is no point of P-256.",
      "Make the key again; only P-256 is taken.",
      cause,
    );
  }
}

/** TPMs leave leading zeros away. */
function padded(number: Buffer, reader: ByteReader): Buffer {
  if (number.length > 32) throw reader.invalid("a number has more than 32 bytes");
  return Buffer.concat([Buffer.alloc(32 - number.length), number]);
}

function trimmed(number: Buffer): Buffer {
  const first = number.findIndex((byte) => byte !== 0);
  return number.subarray(first);
}
