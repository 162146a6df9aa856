import type { Request } from "@deco-network/sdk";

import { resultOf } from "../results/result-of.ts";
import type { MarketCalls, SeatCalls } from "./calls.ts";

/**
 * The calls of a judge's seat under the names of a replica's: a panel is claimed, counted and ended by
 * calls of its own, which name its task's request as it was posted.
 */
export function panelCalls(calls: MarketCalls, posted: Request, index: number): SeatCalls {
  return {
    claim: (key) => calls.claimPanel(key, posted, index),
    abstain: (key, reason) => calls.abstain(key, reason),
    commit: (key, commitment) => calls.commit(key, commitment),
    reveal: (key, provider, tag, salt) => calls.reveal(key, provider, tag, salt),
    reseed: (key) => calls.reseedPanel(key, posted, index),
    settle: (key, _request, roster, { digest }) =>
      calls.decide(key, posted, index, roster, resultOf({ digest })),
    expire: (key, _request, roster) => calls.escalatePanel(key, posted, index, roster),
    // A judge may not go back, and `expire` opens what follows.
    decline: (key, request) => calls.decline(key, request),
    escalate: (key, request) => calls.escalate(key, request),
    finalize: (key, request, roster) => calls.finalize(key, request, roster),
    audit: (key, request) => calls.audit(key, request),
    showLeaf: (task, request, dispute, shown) => calls.showLeaf(task, request, dispute, shown),
    deliver: (key, request, opening) => calls.deliver(key, request, opening),
  };
}
