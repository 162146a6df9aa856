import { type Request, requestSchema, requestToJson } from "@deco-network/sdk";
import type { Hex } from "viem";
import * as z from "zod";

import { hexBytes32, hexSignature, reasonCode, seconds } from "../message/fields.ts";
import { defineProtocol, type PlainBody } from "./protocol.ts";

/** Where a request stands that was handed to an allocator. */
export const ORDER_STATES = [
  /** Written down; offers are asked for. */
  "queued",
  /** Offers for every seat are there; the transaction is being sent. */
  "matched",
  /** The task is open and its seats are given. */
  "opened",
  /** It will not be opened by this allocator; the reason says why. */
  "refused",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/**
 * A signed request is handed to an allocator. Handing over the same again changes nothing: the
 * answer tells where it stands.
 */
export const orders = defineProtocol({
  id: "/deco/orders/1",
  ask: "order",
  answer: "order-status",
  askBody: z.strictObject({ request: requestSchema, signature: hexSignature }),
  answerBody: z.strictObject({
    taskId: hexBytes32,
    state: z.enum(ORDER_STATES),
    /** Second until which the allocator tries; it refuses what is not opened by then. */
    until: seconds,
    /** Transaction that opened the task. */
    transaction: hexBytes32.exactOptional(),
    /** Why it is refused, or still not matched. */
    reason: reasonCode.exactOptional(),
    detail: z.string().max(500).exactOptional(),
  }),
});
export type OrderStatus = z.output<typeof orders.answerBody>;

export function order(request: Request, signature: Hex): PlainBody {
  return { request: requestToJson(request), signature: signature.toLowerCase() };
}
