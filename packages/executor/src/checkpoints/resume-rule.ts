import type { Request } from "@deco-network/sdk";
import { type Hash, zeroAddress, zeroHash } from "viem";

/** A checkpoint as the chain has it. */
export interface LoggedCheckpoint {
  readonly provider: number;
  readonly digest: Hash;
}

/** What the chain shows of a task so far. */
export interface TaskSoFar {
  /** Checkpoints, oldest first. */
  readonly logged: readonly LoggedCheckpoint[];
  /** Providers that ever had a seat, those that gave it back included. */
  readonly seated: readonly number[];
  /** Providers that committed to a result, in whatever round. */
  readonly committed: readonly number[];
}

/** Whose seat it is. */
export interface OwnSeat {
  readonly provider: number;
  /** Tenths. */
  readonly trust: number;
}

const FULL_BPS = 10_000;

/** Whether a panel may look at an accepted result: then each voter answers for what it computed. */
export function mayBeJudged(request: Request): boolean {
  return request.challengeWindow > 0 || request.auditBps > 0;
}

/** Whether a seat's result stands without another's: a proof decides, or its own vote. */
export function isSole(request: Request, trust: number): boolean {
  if (request.policy !== zeroAddress) return true;
  return request.replicas === 1 && request.minAgreeing === 1 && request.minWeight <= trust;
}

/**
 * Digests of checkpoints that a seat may go on from, the best first. Its own always. Another's only where a wrong
 * one costs no lock of this seat: where its result stands alone and nobody judges it, or where so many others
 * came to the same state that they decide the vote anyway.
 */
export function resumable(request: Request, own: OwnSeat, task: TaskSoFar): Hash[] {
  const newestFirst = task.logged
    .filter(({ digest, provider }) => digest !== zeroHash && task.seated.includes(provider))
    .toReversed();
  const isAllowed = ({ digest, provider }: LoggedCheckpoint) =>
    provider === own.provider ||
    (!mayBeJudged(request) &&
      (standsAlone(request, own, task) || isAgreed(request, own, digest, newestFirst)));
  return [...new Set(newestFirst.filter(isAllowed).map(({ digest }) => digest))];
}

/** Results that others committed to are votes beside the own one, whatever the round. */
function standsAlone(request: Request, own: OwnSeat, { committed }: TaskSoFar): boolean {
  return isSole(request, own.trust) && committed.every((provider) => provider === own.provider);
}

/** Whether those who logged it reach the threshold of a round among themselves. */
function isAgreed(
  request: Request,
  own: OwnSeat,
  digest: Hash,
  logged: readonly LoggedCheckpoint[],
): boolean {
  const providers = new Set(
    logged.flatMap((each) => (each.digest === digest ? each.provider : [])),
  );
  providers.delete(own.provider);
  if (providers.size < Math.max(2, request.minAgreeing)) return false;
  return providers.size * FULL_BPS >= request.thresholdBps * request.replicas;
}
