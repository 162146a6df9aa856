import { checkReceipt, type MarketDomain } from "@deco-network/sdk";
import type { Hex } from "viem";

import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { AuditReport, CheckList } from "../report.ts";

/** Where signed receipts come from. */
export interface ReceiptReader {
  /** What a provider serves as the receipt of its seat; undefined when nothing. */
  getReceipt(taskId: Hex, provider: number, signal?: AbortSignal): Promise<Uint8Array | undefined>;
}

/**
 * Checks the receipts that paid seats serve. Nobody voted on them and nothing was paid by them, so one that is not
 * there is told, and no failure; one that is there must be its provider's own word on this seat and result.
 */
export async function checkReceipts(
  { taskId, seats, settled, operators }: TaskEvidence,
  domain: MarketDomain,
  reader: ReceiptReader,
  list: CheckList,
  signal?: AbortSignal,
): Promise<AuditReport["receipts"]> {
  if (!settled) return [];
  const paid = seats.filter(({ end }) => end?.outcome === "agreed");
  return Promise.all(
    paid.map(async ({ provider, round }) => {
      const bytes = await reader.getReceipt(taskId, provider, signal);
      if (!bytes) return { provider, served: false };
      const checked = await checkReceipt(domain, bytes, {
        ...{ taskId, provider, round, result: settled.digest },
        operators: operators.get(provider) ?? [],
      });
      const detail = checked.ok ? "" : `${checked.fault}: ${checked.detail}`;
      list.holds("receipt", "receipt-signed", checked.ok, detail, `provider ${provider}`);
      return { provider, served: true };
    }),
  );
}
