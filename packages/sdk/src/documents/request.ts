import type { Address, Hex } from "viem";
import * as z from "zod";
import type { Request } from "../request.ts";

const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text) => text as Address);
const digest = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as Hex);

/** A Solidity integer that a JavaScript number holds. */
function uint(bits: 8 | 16 | 32 | 40) {
  return z
    .int()
    .min(0)
    .max(2 ** bits - 1);
}

/** A wider one, in decimal. */
function wide(bits: 96 | 256) {
  return z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/)
    .transform(BigInt)
    .refine((value) => value < 1n << BigInt(bits), `at most ${bits} bits`);
}

/**
 * Reads a request from plain JSON: wide integers in decimal, addresses and digests in lower case,
 * so that a request has one spelling.
 */
export const requestSchema = z.strictObject({
  requester: address,
  nonce: wide(256),
  expiry: uint(40),
  program: digest,
  input: digest,
  volume: uint(32),
  token: address,
  minPrice: wide(96),
  maxPrice: wide(96),
  rampSeconds: uint(32),
  settlementFee: wide(96),
  lock: wide(96),
  dissentBps: uint(16),
  replicas: uint(8),
  maxReplicas: uint(8),
  thresholdBps: uint(16),
  minAgreeing: uint(8),
  minTrust: uint(8),
  minWeight: uint(16),
  claimWindow: uint(32),
  commitWindow: uint(32),
  revealWindow: uint(32),
  challengeWindow: uint(32),
  deliveryWindow: uint(32),
  inputWindow: uint(32),
  auditBps: uint(16),
  panelPrice: wide(96),
  policy: address,
  policyData: digest,
  allocator: address,
  allocatorWindow: uint(32),
  callback: address,
  callbackGas: uint(32),
  programOwner: address,
  programBps: uint(16),
  dataOwner: address,
  dataBps: uint(16),
}) satisfies z.ZodType<Request>;

/** A request as plain JSON. */
export type RequestJson = z.input<typeof requestSchema>;

/** Plain JSON that {@link requestSchema} reads as the same request. */
export function requestToJson(request: Request): RequestJson {
  const entries = Object.keys(requestSchema.shape).map((name) => {
    const value = request[name as keyof Request];
    if (typeof value === "bigint") return [name, value.toString()];
    return [name, typeof value === "string" ? value.toLowerCase() : value];
  });
  return Object.fromEntries(entries) as RequestJson;
}
