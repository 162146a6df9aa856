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

/** Seconds, as `uint40`. */
export const seconds = z
  .int()
  .min(0)
  .max(2 ** 40 - 1);

/** The spelling of an address in messages. */
export function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
