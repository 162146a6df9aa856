import {
  decodeDocument,
  type ProgramDocument,
  planTask,
  programSchema,
  type Request,
  requestTypedData,
} from "@deco-network/sdk";
import { getMarketBalance, getMarketState } from "@deco-network/sdk/actions";
import type { Storage } from "@deco-network/storage";
import { type Address, type Hex, isAddressEqual } from "viem";

import type { Chain } from "../chain/market.ts";

export interface OrderContext {
  readonly chain: Chain;
  readonly storage: Storage;
  readonly allocator: Address;
}

/** Stable codes: why a request is not taken. The market's own refusals are told by its error's name. */
export type OrderRefusal =
  | "allocator-mismatch"
  | "request-expired"
  | "signature-invalid"
  | "balance-too-low"
  | "program-unknown";

export type OrderCheck =
  | { readonly kind: "fine"; readonly program: ProgramDocument }
  | { readonly kind: "refused"; readonly reason: string; readonly detail: string };

/** The requester's own node usually has it. */
const PROGRAM_TIMEOUT_MILLIS = 15_000;

/** Judges a signed request by everything that would keep it from being opened. */
export async function checkOrder(
  { request, signature }: { readonly request: Request; readonly signature: Hex },
  { chain, storage, allocator }: OrderContext,
  signal: AbortSignal,
): Promise<OrderCheck> {
  const { client, deployment } = chain;
  if (!isAddressEqual(request.allocator, allocator)) {
    return refused("allocator-mismatch", `The request names ${request.allocator}.`);
  }
  const signed = await client.verifyTypedData({
    address: request.requester,
    signature,
    ...requestTypedData(deployment, request),
  });
  if (!signed) return refused("signature-invalid", `It is not signed by ${request.requester}.`);

  const state = await getMarketState(client, { deployment, token: request.token, signal });
  if (request.expiry < state.timestamp) return refused("request-expired", "Its expiry has passed.");
  const plan = planTask({ request, state });
  const [refusal] = plan.refusals;
  if (refusal) return refused(refusal.code, refusal.message);
  for (const { token, amount } of plan.cost.funds) {
    const account = request.requester;
    const held = await getMarketBalance(client, { deployment, token, account });
    if (held < amount) {
      return refused(
        "balance-too-low",
        `${held} of ${amount} base units of ${token} are deposited.`,
      );
    }
  }
  try {
    const limits = { signal, timeoutMillis: PROGRAM_TIMEOUT_MILLIS };
    const bytes = await storage.getDocument(request.program, limits);
    return { kind: "fine", program: decodeDocument(programSchema, bytes) };
  } catch (error) {
    signal.throwIfAborted();
    return refused("program-unknown", error instanceof Error ? error.message : "Not found.");
  }
}

function refused(reason: OrderRefusal | (string & {}), detail: string): OrderCheck {
  return { kind: "refused", reason, detail: detail.slice(0, 500) };
}
