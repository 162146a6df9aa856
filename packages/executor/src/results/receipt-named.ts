import { digestToCid, receiptNameOf } from "@deco-network/sdk";
import type { Hash } from "viem";

import type { Journal } from "../journal/journal.ts";

/**
 * The signed receipt that is asked for by its name. Auditors know a task and its providers from the chain, not the
 * digests of receipts, which nothing on it names.
 */
export function receiptNamed(
  journal: Pick<Journal, "assignmentsOf">,
  provider: number,
  name: string,
): string | undefined {
  const task = /0x[0-9a-f]{64}/.exec(name)?.[0] as Hash | undefined;
  if (task === undefined || name !== receiptNameOf(task, provider)) return undefined;
  const receipts = journal.assignmentsOf(task).map(({ facts }) => facts.result?.receipt);
  const last = receipts.findLast((receipt) => receipt !== undefined);
  return last && digestToCid(last);
}
