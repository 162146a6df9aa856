import type { CompletedTask } from "../context/complete-task.ts";
import { EXIT } from "../exit-codes.ts";
import { formatAmount, type Unit } from "./format.ts";
import type { CommandResult } from "./output.ts";
import { receiptLines } from "./receipt-text.ts";
import { refusalLines } from "./refusals-text.ts";
import type { Style } from "./style.ts";

/** The answer of commands that bring a task to its end. */
export function completedResult(
  taskId: string,
  { end, seats, result, receipts, refusals }: CompletedTask,
  token: Unit,
  style: Style,
): CommandResult {
  const providers = seats.map(({ provider, outcome, paid, slashed, trust }) => ({
    ...{ provider, outcome, paid, slashed, trust },
  }));
  const { transaction, refund } = end;
  if (end.stage === "ended") {
    const { reason } = end;
    return {
      json: {
        ...{ status: "ended", taskId, reason, refund, transaction, providers },
        ...(refusals && { refusals }),
      },
      text: [
        `${style.bad("No result")}: the task ended as ${reason}.`,
        `${formatAmount(refund, token)} came back to your balance in the market.`,
        ...(refusals ? refusalLines(refusals) : [`What the programs wrote: deco logs ${taskId}`]),
      ],
      exitCode: EXIT.negative,
    };
  }
  const { digest, root, weight, totalWeight, overturned } = end;
  const vote = { weight, totalWeight };
  const codes = (result?.runs ?? []).map(({ exitCode }) => exitCode);
  const failed = codes.filter((code) => code !== 0).length;
  return {
    json: {
      ...{ status: "settled", taskId, result: end.result, digest, root, vote, overturned },
      ...{ refund, transaction },
      ...{ output: result?.folder, bytes: result?.bytes, runs: codes.length, failedRuns: failed },
      ...{ providers, receipts },
    },
    text: [
      overturned
        ? `${style.good("Settled")} by a panel: the vote's result was wrong, the panel's stands.`
        : `${style.good("Settled")}: ${weight} of ${totalWeight} weight agreed.`,
      ...(failed === 0
        ? []
        : [style.warn(`${failed} of ${codes.length} runs ended with a non-zero code.`)]),
      `Outputs, verified, ${result?.bytes ?? 0} bytes: ${result?.folder ?? ""}`,
      ...receiptLines(receipts),
    ],
  };
}
