import { type OrderState, offerAnswer, offers, readOfferAnswer } from "@deco-network/p2p";
import {
  type Request,
  requestSchema,
  requestToJson,
  type SignedTaskOffer,
} from "@deco-network/sdk";
import type { Need } from "@deco-network/sdk/capacity";
import type { Hash, Hex } from "viem";
import * as z from "zod";

/** A signed request that was taken. */
export interface Order {
  readonly taskId: Hash;
  readonly request: Request;
  /** Of the request, by its requester. */
  readonly signature: Hex;
  readonly state: OrderState;
  /** What one run takes of a machine; nothing where it was not kept yet when the order was taken. */
  readonly need: Need;
  /** What the program runs in; absent where it was not kept yet. */
  readonly engine?: string;
  /** Second of block time until which it is tried. */
  readonly until: number;
  /** Stable code: why it is refused, or not matched yet. */
  readonly reason?: string;
  /** What is behind the reason, for a person. */
  readonly detail?: string;
  /** Offers of the seats that the present transaction gives. */
  readonly seats: readonly SignedTaskOffer[];
  /** The transaction that opened it. */
  readonly transaction?: Hash;
}

/** Why an order is refused, or not matched yet; the detail is for a person. */
export interface Why {
  readonly reason: string;
  readonly detail?: string;
}

/** What a transaction of an order does: open the task with its seats, or bring their commitments. */
export type Purpose = "open" | "commit";

/** One signed form of an order's transaction. */
export interface Attempt {
  readonly taskId: Hash;
  readonly purpose: Purpose;
  readonly nonce: number;
  readonly hash: Hash;
  readonly raw: Hex;
  readonly gas: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** Head when it was signed. */
  readonly block: number;
}

const hex = z.custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-f]*$/i.test(value));

const amount = z.int().min(0);
const need = z.object({
  cpuMillis: amount,
  memoryBytes: amount,
  diskBytes: amount,
  accelerators: z.array(
    z.object({ name: z.string(), count: amount, memoryBytes: amount.exactOptional() }),
  ),
});

const orderRow = z.object({
  task: hex,
  request: z.string().transform((text) => requestSchema.parse(JSON.parse(text))),
  signature: hex,
  state: z.enum(["queued", "matched", "opened", "refused"]),
  need: z.string().transform((text) => need.parse(JSON.parse(text))),
  engine: z.string().nullable(),
  until: z.int(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  seats: z.string().transform((text) => z.array(offers.answerBody).parse(JSON.parse(text))),
  hash: hex.nullable(),
});

const attemptRow = z.object({
  task: hex,
  purpose: z.enum(["open", "commit"]),
  nonce: z.int(),
  hash: hex,
  raw: hex,
  gas: z.string().transform(BigInt),
  max_fee: z.string().transform(BigInt),
  max_priority_fee: z.string().transform(BigInt),
  block: z.int(),
});

export function parseOrder(row: unknown): Order {
  const r = orderRow.parse(row);
  const seats = r.seats
    .map(readOfferAnswer)
    .flatMap((seat) => (seat.kind === "offer" ? [seat.offer] : []));
  return {
    ...{ taskId: r.task, request: r.request, signature: r.signature, state: r.state },
    ...{ need: r.need, until: r.until, seats },
    ...(r.engine !== null && { engine: r.engine }),
    ...(r.reason !== null && { reason: r.reason }),
    ...(r.detail !== null && { detail: r.detail }),
    ...(r.hash !== null && { transaction: r.hash }),
  };
}

export function parseAttempt(row: unknown): Attempt {
  const { task, max_fee, max_priority_fee, ...rest } = attemptRow.parse(row);
  return { taskId: task, ...rest, maxFeePerGas: max_fee, maxPriorityFeePerGas: max_priority_fee };
}

export function requestText(request: Request): string {
  return JSON.stringify(requestToJson(request));
}

export function seatsText(seats: readonly SignedTaskOffer[]): string {
  return JSON.stringify(seats.map((offer) => offerAnswer({ kind: "offer", offer })));
}
