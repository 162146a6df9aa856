import type { SignedTaskOffer } from "@deco-network/sdk";
import type { Hash } from "viem";

import type { Attempt, Order, Purpose, Why } from "./orders.ts";

/** Everything that the record of orders can be told; `at` is a second of block time. */
export type Transition =
  | {
      readonly kind: "order-taken";
      readonly order: Omit<Order, "state" | "seats">;
      readonly at: number;
    }
  /** Seats are found; recorded together with the signed transaction that gives them. */
  | {
      readonly kind: "order-matched";
      readonly taskId: Hash;
      readonly seats: readonly SignedTaskOffer[];
      readonly at: number;
    }
  | {
      readonly kind: "order-opened";
      readonly taskId: Hash;
      readonly transaction?: Hash;
      readonly at: number;
    }
  /** Back in the queue; the reason tells why it is still there. */
  | (Why & {
      readonly kind: "order-queued";
      readonly taskId: Hash;
      readonly at: number;
    })
  | (Why & {
      readonly kind: "order-refused";
      readonly taskId: Hash;
      readonly at: number;
    })
  /** Another transaction of an order, or a replacement with a higher fee. */
  | { readonly kind: "attempt-signed"; readonly attempt: Attempt }
  /** Its nonce is used for good: the signed bytes are forgotten. */
  | { readonly kind: "transaction-landed"; readonly taskId: Hash; readonly purpose: Purpose }
  /** What ended before this second is forgotten. */
  | { readonly kind: "ended-forgotten"; readonly before: number };
