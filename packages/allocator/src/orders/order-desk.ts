import { type OrderStatus, P2pError, type PlainBody } from "@deco-network/p2p";
import { type Request, taskIdOf } from "@deco-network/sdk";
import { CORE_MILLIS, needOf } from "@deco-network/sdk/capacity";
import type { Hash, Hex } from "viem";

import type { Head } from "../chain/market.ts";
import { taskState } from "../chain/market.ts";
import type { Logger } from "../runtime/logger.ts";
import type { OrderStore } from "../store/order-store.ts";
import type { Order } from "../store/orders.ts";
import { checkOrder, type OrderContext } from "./check-order.ts";

export interface OrderDeskOptions {
  readonly context: OrderContext;
  readonly store: OrderStore;
  readonly head: () => Head;
  readonly patienceSeconds: number;
  readonly maxOrders: number;
  /** Called when there is a new order. */
  readonly onOrder: () => void;
  readonly logger: Logger;
}

/** Takes signed requests. An order is on disk before it is answered. */
export class OrderDesk {
  readonly #options: OrderDeskOptions;
  /** Requests being checked, so that one handed over twice at once is checked once. */
  readonly #checking = new Map<Hash, Promise<OrderStatus>>();

  constructor(options: OrderDeskOptions) {
    this.#options = options;
  }

  /**
   * Takes a request, or tells where it stands when it was taken before.
   * @throws P2pError `busy`
   */
  async answer(
    order: { readonly request: Request; readonly signature: Hex },
    signal: AbortSignal,
  ): Promise<PlainBody> {
    const { context, store } = this.#options;
    const taskId = taskIdOf(context.chain.deployment, order.request);
    const known = store.order(taskId);
    if (known) return statusOf(known);
    let checking = this.#checking.get(taskId);
    if (!checking) {
      checking = this.#take(taskId, order, signal).finally(() => this.#checking.delete(taskId));
      this.#checking.set(taskId, checking);
    }
    return { ...(await checking) };
  }

  async #take(
    taskId: Hash,
    { request, signature }: { readonly request: Request; readonly signature: Hex },
    signal: AbortSignal,
  ): Promise<OrderStatus> {
    const { context, store, head, patienceSeconds, maxOrders, onOrder, logger } = this.#options;
    if (store.countOpen() >= maxOrders)
      throw new P2pError("busy", "Too many orders are under way.");
    const check = await checkOrder({ request, signature }, context, signal);
    if (check.kind === "refused") {
      const { reason, detail } = check;
      logger.info({ code: "order-refused", task: taskId, reason, detail }, "An order was refused.");
      return { taskId, state: "refused", until: head().timestamp, reason, detail };
    }
    if ((await taskState(context.chain, taskId)) !== "absent") {
      // Somebody else brought it, or its requester took it back.
      return { taskId, state: "refused", until: head().timestamp, reason: "already-posted" };
    }
    const until = Math.min(request.expiry, head().timestamp + patienceSeconds);
    const { program } = check;
    const need = needOf({ program, items: request.volume > 1 }, { cpuMillis: CORE_MILLIS });
    const order = { taskId, request, signature, need, engine: program.engine, until };
    store.record({ kind: "order-taken", order, at: head().timestamp });
    logger.info({ code: "order-taken", task: taskId, until }, "An order was taken.");
    onOrder();
    return { taskId, state: "queued", until };
  }
}

function statusOf({ taskId, state, until, reason, detail, transaction }: Order): OrderStatus {
  return {
    ...{ taskId, state, until },
    ...(reason !== undefined && { reason }),
    ...(detail !== undefined && { detail: detail.slice(0, 500) }),
    ...(transaction !== undefined && { transaction }),
  };
}
