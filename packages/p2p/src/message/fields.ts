import type { Address, Hex } from "viem";
import * as z from "zod";

/** Lower case only: a message has one spelling. */
export const hexAddress = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text) => text as Address);

export const hexBytes32 = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hex);

/** At most 1,024 bytes: smart accounts have signatures longer than a key's 65. */
export const hexSignature = z
  .string()
  .regex(/^0x([0-9a-f]{2}){1,1024}$/)
  .transform((text) => text as Hex);

/** A signature by a key: 65 bytes. */
export const hexKeySignature = z
  .string()
  .regex(/^0x[0-9a-f]{130}$/)
  .transform((text) => text as Hex);

/** An unsigned integer of at most `bits` bits, in decimal. */
export function wide(bits: number) {
  return z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/)
    .transform(BigInt)
    .refine((value) => value < 1n << BigInt(bits), `an integer of ${bits} bits is expected`);
}

/** Seconds, as `uint40`. */
export const seconds = z
  .int()
  .min(0)
  .max(2 ** 40 - 1);

/** A stable code: lower case, digits and dashes, or a contract error's name. */
export const reasonCode = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/);

/** The spelling of an address in messages. */
export function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
