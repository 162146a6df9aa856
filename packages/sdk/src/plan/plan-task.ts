import type { Address } from "viem";
import type { ProgramDocument } from "../documents/program.ts";
import type { ProviderDocument } from "../documents/provider.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { Deadlines } from "../model/deadlines.ts";
import { deadlinesOf, longestLife } from "../model/deadlines.ts";
import { taskEscrowOf } from "../model/panels.ts";
import type { Royalties } from "../model/price.ts";
import { maxRounds, royaltiesOn, shareUp } from "../model/price.ts";
import { MILLI_DECO } from "../model/sortition.ts";
import type { Request } from "../request.ts";
import type { Candidate } from "./eligibility.ts";
import { candidateOf } from "./eligibility.ts";
import type { FillEstimate } from "./fill-estimate.ts";
import { fillEstimate } from "./fill-estimate.ts";
import type { MarketState } from "./market-state.ts";
import { postingRefusals } from "./posting-refusals.ts";
import type { Security } from "./security.ts";
import { securityOf } from "./security.ts";
import type { PlanWarning } from "./warnings.ts";
import { warningsOf } from "./warnings.ts";

/** What a task would cost; all amounts but the posting fee are in base units of the payment token. */
export interface PlannedCost {
  readonly token: Address;
  /** Price of one replica, at the start and at the end of the ramp. */
  readonly perReplica: { readonly min: bigint; readonly max: bigint };
  /** What is paid when the first round agrees: all its seats at the lowest price, or at the highest. */
  readonly firstRound: { readonly min: bigint; readonly max: bigint };
  /** Taken by `post`; what is not used comes back. */
  readonly escrow: bigint;
  /** Part of the escrow for the protocol, at most. */
  readonly protocolFee: bigint;
  /** Parts of the escrow for the owners of program and data, at most. */
  readonly royalties: Royalties;
  /** Part of the escrow for callers of `settle`, `escalate` and `expire`, at most. */
  readonly settlementFees: bigint;
  /** DECO, burned when the task is posted. */
  readonly postingFee: bigint;
  /** What the requester must have, by token. */
  readonly funds: readonly { readonly token: Address; readonly amount: bigint }[];
}

/** Moments in seconds of block time, for a task posted now. Each is the latest possible one. */
export interface PlannedDeadlines extends Deadlines {
  /** Last second at which the request can be posted. */
  readonly post: number;
  /** When the last round would have ended. */
  readonly latest: number;
}

/** What to expect of a request on the network as it is. */
export interface Plan {
  /** Why `post` would refuse the request; empty when it would not. */
  readonly refusals: readonly DecoContractError[];
  readonly cost: PlannedCost;
  readonly rounds: number;
  /** Every provider, by id; those without obstacles can take a seat. */
  readonly candidates: readonly Candidate[];
  readonly eligible: readonly Candidate[];
  readonly fill: FillEstimate;
  readonly security: Security;
  readonly deadlines: PlannedDeadlines;
  readonly warnings: readonly PlanWarning[];
}

export interface PlanTaskParameters {
  readonly request: Request;
  readonly state: MarketState;
  /** Without it engine, memory and running time are not judged. */
  readonly program?: ProgramDocument | undefined;
  /** Providers' metadata by id, as far as it was fetched and verified. */
  readonly metadata?: ReadonlyMap<number, ProviderDocument> | undefined;
  /** Whether only seated providers may read the input; default: anybody may. */
  readonly isPrivate?: boolean | undefined;
}

/** Computes everything that can be known before a request is posted. */
export function planTask(task: PlanTaskParameters): Plan {
  const { request, state, program, metadata, isPrivate } = task;
  const { parameters, timestamp } = state;
  const postedAt = timestamp + 1;
  const candidates = state.providers.map((provider) =>
    candidateOf(provider, { request, postedAt, program, metadata, isPrivate }),
  );
  const eligible = candidates.filter((candidate) => candidate.obstacles.length === 0);
  const fill = fillEstimate({
    stakes: eligible.map((candidate) => candidate.stake),
    totalStake: state.totalStake,
    seats: request.replicas,
    claimWindow: request.claimWindow,
  });
  const { weightCap } = parameters.task;
  const security = securityOf({ request, weightCap, stakes: eligible });
  const opened = { status: "open", openedAt: postedAt, phaseAt: postedAt } as const;
  return {
    refusals: postingRefusals(request, state),
    cost: costOf(request, state),
    rounds: maxRounds(request),
    ...{ candidates, eligible, fill, security },
    deadlines: {
      ...deadlinesOf(opened, request, parameters.task),
      post: request.expiry,
      latest: postedAt + longestLife(request, parameters.task),
    },
    warnings: warningsOf({ request, program, state, candidates, fill, security, isPrivate }),
  };
}

function costOf(request: Request, { parameters, deco }: MarketState): PlannedCost {
  const { protocolFeeBps, postingFee: milli } = parameters.task;
  const { token, replicas, maxReplicas, minPrice, maxPrice } = request;
  const seats = BigInt(replicas);
  const escrow = taskEscrowOf(request, parameters.task);
  const postingFee = BigInt(milli) * MILLI_DECO;
  const sameToken = token.toLowerCase() === deco.toLowerCase();
  return {
    token,
    perReplica: { min: minPrice, max: maxPrice },
    firstRound: { min: seats * minPrice, max: seats * maxPrice },
    escrow,
    protocolFee: shareUp(BigInt(maxReplicas) * maxPrice, protocolFeeBps),
    royalties: royaltiesOn(request, BigInt(maxReplicas) * maxPrice),
    settlementFees: BigInt(maxRounds(request) + 2) * request.settlementFee,
    postingFee,
    funds: sameToken
      ? [{ token, amount: escrow + postingFee }]
      : [
          { token, amount: escrow },
          { token: deco, amount: postingFee },
        ],
  };
}
