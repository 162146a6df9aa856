import { taskIdOf } from "@deco-network/sdk";
import type { Address } from "viem";

import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";

/** The posted body is the one that the task id names. */
export function checkRequest(
  evidence: TaskEvidence,
  domain: { readonly chainId: number; readonly market: Address },
  list: CheckList,
): void {
  const { request, taskId, postedAt } = evidence;
  list.equal("request", "request-digest", taskId, taskIdOf(domain, request));
  list.holds(
    "request",
    "request-expiry",
    postedAt <= request.expiry,
    `posted at ${postedAt}, expired at ${request.expiry}`,
  );
}
