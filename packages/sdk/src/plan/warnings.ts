import type { ProgramDocument } from "../documents/program.ts";
import type { Request } from "../request.ts";
import type { Candidate } from "./eligibility.ts";
import type { FillEstimate } from "./fill-estimate.ts";
import type { MarketState } from "./market-state.ts";
import { smallestLock } from "./posting-refusals.ts";
import { programDifferences } from "./program-differences.ts";
import type { Security } from "./security.ts";

/** Owners below which a few people could be most of a network. */
const YOUNG_NETWORK_OWNERS = 20;
/** Chance of one owner deciding a round from which it is told. */
const NOTEWORTHY_CHANCE = 0.01;

/** What a requester should know before paying. Codes are stable, texts are not. */
export interface PlanWarning {
  readonly code: PlanWarningCode;
  readonly message: string;
}

export type PlanWarningCode =
  | "inputs-public"
  | "private-to-seats"
  | "too-few-providers"
  | "further-rounds-unlikely"
  | "may-not-fill"
  | "metadata-unknown"
  | "young-network"
  | "owner-decides"
  | "nobody-checks"
  | "unanimity-needed"
  | "weight-out-of-reach"
  | "container-dissent"
  | "network-differs"
  | "accelerator-differs"
  | "commit-window-short"
  | "cheap-to-lie"
  | "price-zero";

export interface WarningParameters {
  readonly request: Request;
  readonly program?: ProgramDocument | undefined;
  readonly state: MarketState;
  readonly candidates: readonly Candidate[];
  readonly fill: FillEstimate;
  readonly security: Security;
  /** Whether only seated providers may read the input. */
  readonly isPrivate?: boolean | undefined;
}

/** Everything noteworthy about a request on the network as it is, gravest first. */
export function warningsOf(parameters: WarningParameters): PlanWarning[] {
  return [
    ...seatWarnings(parameters),
    ...voteWarnings(parameters),
    ...networkWarnings(parameters),
    ...programWarnings(parameters),
    parameters.isPrivate
      ? warn(
          "private-to-seats",
          "Whoever takes a seat reads the input; the program, sizes and payments can be read by everybody.",
        )
      : warn("inputs-public", "Program, input and result can be read by everybody."),
  ];
}

function seatWarnings({ request, candidates, fill }: WarningParameters): PlanWarning[] {
  const { replicas, maxReplicas } = request;
  const able = candidates.filter((candidate) => candidate.obstacles.length === 0);
  const percent = Math.floor(fill.probability * 100);
  if (able.length < replicas) {
    const message = `${able.length} providers can take a seat, ${replicas} are needed: the task will expire and be refunded.`;
    return [warn("too-few-providers", message)];
  }
  const warnings: PlanWarning[] = [];
  if (fill.probability < 0.9) {
    const message = `The draw fills the round with a chance of ${percent} %; a longer list of providers or lower demands help.`;
    warnings.push(warn("may-not-fill", message));
  }
  if (maxReplicas > replicas && able.length < Math.min(2 * replicas, maxReplicas)) {
    const message = `${able.length} providers can take a seat: a failed vote finds no full further round.`;
    warnings.push(warn("further-rounds-unlikely", message));
  }
  if (able.some((candidate) => !candidate.described)) {
    const message =
      "Metadata of some providers is unknown: they may lack the engine or the memory.";
    warnings.push(warn("metadata-unknown", message));
  }
  return warnings;
}

function voteWarnings({ request, candidates, security, state }: WarningParameters): PlanWarning[] {
  const warnings: PlanWarning[] = [];
  if (request.replicas === 1) {
    warnings.push(warn("nobody-checks", "One replica: whatever it answers is accepted and paid."));
  } else if (security.colluders === 1 || security.colludersAtBest === 1) {
    const message = "One provider of high trust can outvote the others: ask for two that agree.";
    warnings.push(warn("nobody-checks", message));
  }
  if (security.unanimous) {
    const message = `All ${request.replicas} seats must agree: one that dissents or stays silent stops the round.`;
    warnings.push(warn("unanimity-needed", message));
  }
  const heaviest = candidates
    .filter((candidate) => candidate.obstacles.length === 0)
    .map((candidate) => candidate.trust)
    .sort((a, b) => b - a)
    .slice(0, request.maxReplicas)
    .reduce((sum, trust) => sum + trust, 0);
  if (heaviest < request.minWeight) {
    const message = `The heaviest providers weigh ${heaviest} together, ${request.minWeight} is demanded.`;
    warnings.push(warn("weight-out-of-reach", message));
  }
  if (security.atRisk < smallestLock(request.maxPrice, state.parameters)) {
    const message =
      "Colluders who are outvoted lose less than the smallest lock: raise lock or dissent share.";
    warnings.push(warn("cheap-to-lie", message));
  }
  return warnings;
}

function networkWarnings({ candidates, security }: WarningParameters): PlanWarning[] {
  const owners = new Set(candidates.map((candidate) => candidate.owner)).size;
  const warnings: PlanWarning[] = [];
  if (owners < YOUNG_NETWORK_OWNERS) {
    const message = `Young network: ${owners} owners stand behind all providers; some may be one person.`;
    warnings.push(warn("young-network", message));
  }
  const { largestOwner } = security;
  if (largestOwner !== undefined && largestOwner.decides >= NOTEWORTHY_CHANCE) {
    const share = percentOf(largestOwner.share);
    const chance = percentOf(largestOwner.decides);
    const message = `${largestOwner.owner} holds ${share} of the stake and decides a round alone with a chance of ${chance}.`;
    warnings.push(warn("owner-decides", message));
  }
  return warnings;
}

function programWarnings({ request, program, state }: WarningParameters): PlanWarning[] {
  const warnings: PlanWarning[] = [];
  if (program !== undefined) {
    const longest = program.limits.wallSeconds * request.volume;
    if (longest > request.commitWindow) {
      const message = `At its time limit the program needs ${longest} s, the commit window has ${request.commitWindow} s.`;
      warnings.push(warn("commit-window-short", message));
    }
    warnings.push(...programDifferences(request, program));
    if (program.engine === "oci" && request.dissentBps > state.parameters.task.noShowBps) {
      const message =
        "Containers may differ by the machine: a high dissent share burns honest stake, so few will claim.";
      warnings.push(warn("container-dissent", message));
    }
  }
  if (request.maxPrice === 0n) warnings.push(warn("price-zero", "Nobody is paid for this task."));
  return warnings;
}

function percentOf(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function warn(code: PlanWarningCode, message: string): PlanWarning {
  return { code, message };
}
