import { commitmentOf, votePrefix } from "@deco-network/sdk";

import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";

/** Commitments came in time and every reveal opens its own. */
export function checkVotes(
  evidence: Pick<TaskEvidence, "taskId" | "request" | "seats" | "rounds">,
  list: CheckList,
): void {
  const { taskId, request } = evidence;
  for (const seat of evidence.seats) {
    const of = `provider ${seat.provider}`;
    const round = evidence.rounds.find(({ round }) => round === seat.round);
    if (seat.commitment) {
      const filledAt = round?.filledAt ?? Number.NaN;
      const { time } = seat.commitment;
      const inTime = time >= filledAt && time <= filledAt + request.commitWindow;
      list.holds("commitment", "commit-in-window", inTime, `committed at ${time}`, of);
    }
    if (!seat.reveal) continue;
    const { tag, salt, time } = seat.reveal;
    const expected = commitmentOf({
      taskId,
      round: seat.round,
      provider: seat.provider,
      tag,
      salt,
    });
    const committed = seat.commitment ? votePrefix(seat.commitment.value) : "nothing";
    list.equal("reveal", "reveal-opens-commitment", votePrefix(expected), committed, of);
    const revealsAt = round?.revealsAt ?? Number.NaN;
    const inTime = time >= revealsAt && time <= revealsAt + request.revealWindow;
    list.holds("reveal", "reveal-in-window", inTime, `revealed at ${time}`, of);
  }
}
