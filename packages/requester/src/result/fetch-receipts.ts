import {
  checkReceipt,
  type ReceiptDocument,
  type ReceiptFault,
  receiptNameOf,
} from "@deco-network/sdk";
import { listOperators } from "@deco-network/sdk/actions";
import type { Hex } from "viem";

import type { Market } from "../market/market.ts";
import type { ProviderEndpoint } from "../providers/parse-endpoint.ts";
import { readEndpoints } from "../providers/read-endpoints.ts";
import { sleep } from "../runtime/sleep.ts";
import type { TaskStage } from "../task/stages.ts";

/** A seat whose receipt is asked for. */
export interface ReceiptSeat {
  readonly provider: number;
  readonly round: number;
}

/** What a provider's gateway gave as the receipt of its seat. */
export type FetchedReceipt =
  | { readonly provider: number; readonly status: "signed"; readonly receipt: ReceiptDocument }
  /** Not served: the provider measures nothing, has no gateway, is away, or forgot. */
  | { readonly provider: number; readonly status: "absent" }
  | {
      readonly provider: number;
      readonly status: "refused";
      readonly fault: ReceiptFault;
      readonly detail: string;
    };

export interface FetchReceiptsOptions {
  readonly seats: readonly ReceiptSeat[];
  /** Digest of the accepted result document, or of a bag's manifest. */
  readonly digest: Hex;
  readonly signal: AbortSignal;
  /** How long to ask again for what is not there yet, in milliseconds; default 0. */
  readonly patienceMillis?: number;
}

/** The seats that were paid for the accepted result, by a task's stages since its post. */
export function agreeingSeats(stages: readonly TaskStage[]): ReceiptSeat[] {
  const rounds = new Map<number, number>();
  const agreed: ReceiptSeat[] = [];
  for (const stage of stages) {
    if (stage.stage === "seat-taken") rounds.set(stage.provider, stage.round);
    if (stage.stage !== "seat-ended" || stage.outcome !== "agreed") continue;
    const round = rounds.get(stage.provider);
    if (round !== undefined) agreed.push({ provider: stage.provider, round });
  }
  return agreed;
}

/** A receipt is a few hundred bytes. */
const MAX_BYTES = 16_384;
const TIMEOUT_MILLIS = 3_000;
const PAUSE_MILLIS = 250;

/**
 * Asks each seated provider's own gateways for its receipt, and checks its signature. Receipts are measurements that
 * nobody voted on: one that is absent or wrong says nothing about the result.
 * @returns one entry a seat, in the order asked
 */
export async function fetchReceipts(
  market: Market,
  taskId: Hex,
  { seats, digest, signal, patienceMillis = 0 }: FetchReceiptsOptions,
): Promise<FetchedReceipt[]> {
  if (seats.length === 0) return [];
  const { client, deployment } = market;
  const providers = seats.map(({ provider }) => provider);
  const [endpoints, operators] = await Promise.all([
    readEndpoints(market, { signal }),
    listOperators(client, { deployment, providers, signal }),
  ]);
  const until = Date.now() + patienceMillis;
  return Promise.all(
    seats.map(async ({ provider, round }): Promise<FetchedReceipt> => {
      const keys = operators.filter((each) => each.provider === provider);
      const bytes = await askUntil(provider);
      if (bytes === undefined) return { provider, status: "absent" };
      const checked = await checkReceipt(deployment, bytes, {
        ...{ taskId, provider, round, result: digest },
        operators: keys.map(({ operator }) => operator),
      });
      if (checked.ok) return { provider, status: "signed", receipt: checked.receipt };
      const { fault, detail } = checked;
      return { provider, status: "refused", fault, detail };
    }),
  );

  async function askUntil(provider: number): Promise<Uint8Array | undefined> {
    while (true) {
      const bytes = await askForReceipt(endpoints, taskId, provider, signal);
      if (bytes !== undefined || Date.now() >= until) return bytes;
      await sleep(PAUSE_MILLIS, signal);
    }
  }
}

/**
 * What a provider's own gateways give as the receipt of its seat, unchecked.
 * @returns undefined when none has it
 */
export async function askForReceipt(
  endpoints: readonly ProviderEndpoint[],
  taskId: Hex,
  provider: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const own = endpoints.find((endpoint) => endpoint.provider === provider);
  for (const gateway of own?.gateways ?? []) {
    const bytes = await ask(`${gateway}/named/${receiptNameOf(taskId, provider)}`, signal);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

async function ask(url: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]);
    const response = await fetch(url, { signal: within, redirect: "error" });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return undefined;
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > MAX_BYTES) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
