import type { Candidate, Ineligibility, Plan, Request } from "@deco-network/sdk";

import {
  DECO,
  formatAmount,
  formatMoment,
  formatSeconds,
  formatShare,
  formatTrust,
  type Unit,
} from "./format.ts";
import type { Style } from "./style.ts";
import { formatPairs, formatTable } from "./table.ts";

export interface PlanTextParameters {
  readonly plan: Plan;
  readonly request: Request;
  readonly token: Unit;
  readonly runnable: boolean;
  readonly style: Style;
}

/** A plan for people to read before they pay. */
export function planText({ plan, request, token, runnable, style }: PlanTextParameters): string[] {
  const { bold, good, bad, warn } = style;
  return [
    runnable ? good("This job can run.") : bad("This job cannot run as things are."),
    ...plan.refusals.map((refusal) => `  ${bad("refused")}  ${refusal.message}: ${refusal.remedy}`),
    "",
    bold("Cost"),
    ...indented(formatPairs(costPairs(plan, request, token))),
    "",
    bold("Vote"),
    ...indented(formatPairs(votePairs(plan, request))),
    "",
    bold("Deadlines, if posted now"),
    ...indented(formatPairs(deadlinePairs(plan, request))),
    "",
    bold(`Providers: ${plan.eligible.length} of ${plan.candidates.length} can take a seat`),
    ...indented(providerLines(plan.candidates)),
    ...(plan.warnings.length === 0 ? [] : ["", bold("Warnings")]),
    ...plan.warnings.map(({ code, message }) => `  ${warn(code)}  ${message}`),
  ];
}

type Pairs = (readonly [string, string])[];

function costPairs({ cost }: Plan, request: Request, token: Unit): Pairs {
  const range = ({ min, max }: { readonly min: bigint; readonly max: bigint }) =>
    min === max
      ? formatAmount(min, token)
      : `${formatAmount(min, token)} to ${formatAmount(max, token)}`;
  return [
    ["per replica", range(cost.perReplica)],
    [`first round (${request.replicas} replicas)`, range(cost.firstRound)],
    ...royaltyPairs(cost.royalties, token),
    ["taken into escrow", `${formatAmount(cost.escrow, token)}; what is not used comes back`],
    ["posting fee, burned", formatAmount(cost.postingFee, DECO)],
  ];
}

/** Only those that the job promises. */
function royaltyPairs({ program, data }: Plan["cost"]["royalties"], token: Unit): Pairs {
  const pair = (owner: string, most: bigint): Pairs =>
    most === 0n
      ? []
      : [[`royalty to the ${owner}'s owner`, `at most ${formatAmount(most, token)}`]];
  return [...pair("program", program), ...pair("data", data)];
}

function votePairs({ security, fill, rounds }: Plan, request: Request): Pairs {
  const { largestOwner } = security;
  return [
    [
      "accepted at",
      `${formatShare(request.thresholdBps)} of the weight, ${request.minAgreeing} agreeing`,
    ],
    ["rounds", `at most ${rounds}, ${request.maxReplicas} seats in all`],
    ["lock per replica", formatAmount(request.lock, DECO)],
    [
      "stake at risk",
      `${formatAmount(security.atRisk, DECO)} when the fewest colluders are outvoted`,
    ],
    ["security budget", `${formatAmount(security.budget, DECO)} behind a unanimous result`],
    ["round fills", fillText(fill)],
    ...(largestOwner === undefined
      ? []
      : [["largest owner", `${formatShare(largestOwner.share * 10_000)} of the stake`] as const]),
  ];
}

function fillText({ probability, medianSeconds }: Plan["fill"]): string {
  const chance = `with a chance of ${Math.floor(probability * 100)} %`;
  return medianSeconds === undefined
    ? chance
    : `${chance}, most likely after ${formatSeconds(medianSeconds)}`;
}

function deadlinePairs({ deadlines }: Plan, request: Request): Pairs {
  return [
    ["seats taken by", `${formatMoment(deadlines.claim)} (${formatSeconds(request.claimWindow)})`],
    ["committed by", `${formatMoment(deadlines.commit)} (${formatSeconds(request.commitWindow)})`],
    ["revealed by", `${formatMoment(deadlines.reveal)} (${formatSeconds(request.revealWindow)})`],
    ["over at the latest", formatMoment(deadlines.latest)],
  ];
}

function providerLines(candidates: readonly Candidate[]): string[] {
  if (candidates.length === 0) return ["Nobody has registered yet."];
  const rows = candidates.map(({ provider, trust, stake, obstacles }) => [
    `${provider}`,
    formatTrust(trust),
    formatAmount(stake, DECO),
    obstacles.length === 0 ? "yes" : `no: ${obstacles.map(obstacleText).join("; ")}`,
  ]);
  return formatTable(["ID", "TRUST", "STAKE", "CAN TAKE A SEAT"], rows);
}

function obstacleText(obstacle: Ineligibility): string {
  switch (obstacle.reason) {
    case "leaving":
      return "it is leaving the market";
    case "dormant":
      return "its stake is below an identity's minimum";
    case "trust-too-low":
      return `trust ${formatTrust(obstacle.has)}, ${formatTrust(obstacle.needed)} needed`;
    case "stake-too-young":
      return "its stake is too young";
    case "stake-not-free":
      return `${formatAmount(obstacle.has, DECO)} free, ${formatAmount(obstacle.needed, DECO)} needed`;
    case "engine-missing":
      return `it has no ${obstacle.needed} engine`;
    case "recipient-missing":
      return "its description names no recipient for private tasks";
    case "memory-too-small":
      return `${obstacle.has} bytes of memory, ${obstacle.needed} needed`;
  }
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
