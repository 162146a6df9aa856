import type { ExplainedReason, ExplainedRound, Explanation } from "@deco-network/executor";

import { formatMoment } from "./format.ts";
import type { Style } from "./style.ts";
import { formatPairs } from "./table.ts";

const UNSEEN = [
  "It may have been posted while no executor ran here, on another market, or longer ago than is remembered.",
];

/** What an executor says of a task, for people. */
export function explanationLines(explanation: Explanation, { bold, dim }: Style): string[] {
  const { summary, because, rounds, refusals, verdict } = explanation;
  const lines = [bold(summary)];
  if (verdict === "unseen") return [...lines, ...UNSEEN];
  if (because) lines.push(...formatPairs(reasonPairs(because)).map((line) => `  ${line}`));
  for (const round of rounds) lines.push("", ...roundLines(round, dim));
  const offers = refusals.filter(({ source }) => source === "offer");
  if (offers.length > 0) lines.push("", "offers refused to allocators");
  for (const { at, code, means, detail } of offers) {
    lines.push(`  ${moment(at)}  ${code}: ${detail ?? means ?? ""}`);
  }
  return lines;
}

function reasonPairs(reason: ExplainedReason): (readonly [string, string])[] {
  const { code, detail, operator, requester } = reason;
  return [
    ["reason", code],
    ...(detail ? [["exactly", detail] as const] : []),
    ...(operator ? [["you can", operator] as const] : []),
    ...(requester ? [["the requester can", requester] as const] : []),
  ];
}

function roundLines(round: ExplainedRound, dim: Style["dim"]): string[] {
  const { state, means, waiting, steps, transactions } = round;
  return [
    `round ${round.round}: ${means} (${state})`,
    ...(waiting
      ? [
          `  waits for ${lowerFirst(waiting.for)}${
            waiting.until === undefined ? "" : ` (looks again by ${formatMoment(waiting.until)})`
          }`,
        ]
      : []),
    ...steps.map(({ at, to, reason }) =>
      dim(`  ${moment(at)}  ${to}${reason ? `: ${reason}` : ""}`),
    ),
    ...transactions.map(({ purpose, status, hash, error }) =>
      dim(
        `  transaction ${purpose}: ${status}${error ? ` (${error})` : ""}${hash ? ` ${hash}` : ""}`,
      ),
    ),
  ];
}

function moment(millis: number): string {
  return formatMoment(Math.floor(millis / 1_000));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "");
}
