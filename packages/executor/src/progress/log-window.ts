import { MAX_LOG_CHUNK, type SeatLog } from "@deco-network/p2p";
import type { Request } from "@deco-network/sdk";
import { isAddressEqual, zeroAddress } from "viem";

import type { LoggedRun } from "./run-logs.ts";

/** Which part of a log its requester may have. */
export type Shown = Extract<SeatLog, { shown: string }>["shown"];

/** How a task stands, in a block that is buried deep enough. */
export type Standing =
  /** Votes may still be cast, or a panel may still be asked. */
  | "undecided"
  /** Over for good, with this seat's result. */
  | "paid"
  /** Over for good, without it. */
  | "unpaid";

/**
 * What a requester may see of a log. While others may still vote: nothing, since a requester that
 * passes it on would let them copy. Nobody else ever votes on a task of one seat that nothing can
 * appeal. Of runs that are not paid it sees little, or it would have its results there.
 */
export function shownOf(request: Request, standing: Standing): Shown | undefined {
  if (standing === "paid") return "all";
  if (standing === "unpaid") return "end";
  const alone =
    request.maxReplicas === 1 &&
    request.auditBps === 0 &&
    request.challengeWindow === 0 &&
    isAddressEqual(request.policy, zeroAddress);
  return alone ? "beginning" : undefined;
}

/** The piece of a log that an answer gives. */
export function windowOf(
  run: LoggedRun | undefined,
  shown: Shown,
  { from, unpaidBytes }: { readonly from: number; readonly unpaidBytes: number },
): Extract<SeatLog, { shown: Shown }> {
  if (!run) return { shown, from: 0, bytes: new Uint8Array(), end: 0 };
  const { length, first, last } = run;
  const beginning = shown === "beginning";
  const kept = beginning ? first : last;
  const offset = beginning ? 0 : length - last.length;
  const most = shown === "all" ? kept.length : Math.min(kept.length, unpaidBytes);
  const start = beginning ? 0 : length - most;
  const end = start + most;
  const at = Math.min(Math.max(from, start), end);
  const until = Math.min(at + MAX_LOG_CHUNK, end);
  return { shown, from: at, bytes: kept.subarray(at - offset, until - offset), end };
}
