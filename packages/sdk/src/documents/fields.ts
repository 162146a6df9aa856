import * as z from "zod";
import { isCid } from "./cid.ts";

/** Bytes of a canonical document; one IPFS block. */
export const MAX_DOCUMENT_BYTES = 1_048_576;

const MAX_PATH_BYTES = 1024;
const encoder = new TextEncoder();

/** Length of a text in UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/** Orders texts by their UTF-8 bytes, which is not JavaScript's order beyond the basic plane. */
export function compareBytes(left: string, right: string): number {
  const a = encoder.encode(left);
  const b = encoder.encode(right);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** A count or size from 0 to `maximum`. */
export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) {
  return z.int().min(minimum).max(maximum);
}

/** Text without control characters, of at most `maximum` UTF-16 units. */
export function text(maximum: number) {
  return (
    z
      .string()
      .min(1)
      .max(maximum)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused.
      .regex(/^[^\u0000-\u001f\u007f]*$/, "control characters are not allowed")
  );
}

export const cid = z
  .string()
  .refine(isCid, "a CIDv1 (raw or dag-pb, sha2-256) in base 32 is expected")
  .meta({ pattern: "^baf[ky][a-z2-7]{55}$" });

/** `sha256:` and 64 lower-case hexadecimal digits, as container tools write it. */
export const sha256Id = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/);

/** An age recipient: X25519, or the post-quantum hybrid of ML-KEM-768 and X25519. */
export const ageRecipient = z
  .string()
  .regex(/^age1(?:[02-9ac-hj-np-z]{58}|pq1[02-9ac-hj-np-z]{1952})$/);

/** A decentralised identifier of any method, without path, query or fragment. */
export const did = z
  .string()
  .max(512)
  .regex(/^did:[a-z0-9]+:[A-Za-z0-9._%:-]*[A-Za-z0-9._-]$/);

/** An agent of ERC-8004: chain, registry and number. */
export const agent = z
  .string()
  .regex(/^eip155:[1-9][0-9]{0,15}:0x[0-9a-fA-F]{40}:(0|[1-9][0-9]{0,77})$/);

/** An Ethereum address; either case, since people paste both. Not used in documents that are voted on. */
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** An integer beyond 2^53, in decimal without sign or leading zeros. */
export const decimal = z.string().regex(/^(0|[1-9][0-9]{0,19})$/);

/** Standard base 64 with padding, in its only canonical spelling. */
export function base64(maximumBytes: number) {
  return z
    .string()
    .max(Math.ceil(maximumBytes / 3) * 4)
    .refine(isCanonicalBase64, "canonical base 64 is expected");
}

export function base64Length(value: string): number {
  const padding = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
  return (value.length / 4) * 3 - padding;
}

function isCanonicalBase64(value: string): boolean {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) return false;
  // Padding leaves spare bits, which must be zero: else one content has several spellings.
  if (value.endsWith("==")) return /[AQgw]==$/.test(value);
  if (value.endsWith("=")) return /[AEIMQUYcgkosw048]=$/.test(value);
  return true;
}

/** Path of a file inside a folder: relative, `/` between names, no `.` or `..`, no empty name. */
export const filePath = z
  .string()
  .min(1)
  .refine(isFilePath, "a relative path without empty, '.' or '..' names is expected");

function isFilePath(path: string): boolean {
  if (utf8Length(path) > MAX_PATH_BYTES || path.includes("\u0000")) return false;
  return path
    .split("/")
    .every((name) => name !== "" && name !== "." && name !== ".." && utf8Length(name) <= 255);
}
