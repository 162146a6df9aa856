import type { ProgramDocument } from "../documents/program.ts";
import type { ProviderDocument } from "../documents/provider.ts";
import type { Provider } from "../model/provider.ts";
import { MILLI_DECO } from "../model/sortition.ts";
import { stakeBefore } from "../model/stake.ts";
import type { Request } from "../request.ts";

/** Why a provider cannot take a seat. Amounts are in the unit that the reason names. */
export type Ineligibility =
  /** Deregistered. */
  | { readonly reason: "leaving" }
  /** Its active stake is below the minimum of an identity. */
  | { readonly reason: "dormant" }
  /** Tenths. */
  | { readonly reason: "trust-too-low"; readonly has: number; readonly needed: number }
  /** Stake counts for tasks that are posted after it was added. */
  | { readonly reason: "stake-too-young" }
  /** Base units of DECO that are not locked by other tasks. */
  | { readonly reason: "stake-not-free"; readonly has: bigint; readonly needed: bigint }
  /** Its metadata does not list the program's engine. */
  | { readonly reason: "engine-missing"; readonly needed: string }
  /** Its metadata tells of less memory than the program may use, in bytes. */
  | { readonly reason: "memory-too-small"; readonly has: number; readonly needed: number }
  /** The task is private, and no metadata at hand names a recipient for its key. */
  | { readonly reason: "recipient-missing" };

/** A provider as a plan sees it. */
export interface Candidate {
  readonly provider: number;
  readonly owner: Provider["owner"];
  readonly trust: number;
  /** Stake that counts for a task posted now, in base units of DECO. */
  readonly stake: bigint;
  /** Whether its metadata was at hand; without it engine and memory are not judged. */
  readonly described: boolean;
  /** Empty when it can take a seat. */
  readonly obstacles: readonly Ineligibility[];
}

export interface CandidateParameters {
  readonly request: Pick<Request, "minTrust" | "lock">;
  /** When the task would be posted, in seconds of block time. */
  readonly postedAt: number;
  readonly program?: ProgramDocument | undefined;
  /** Metadata by provider id, as far as it was fetched and verified. */
  readonly metadata?: ReadonlyMap<number, ProviderDocument> | undefined;
  /** Whether only seated providers may read the input. */
  readonly isPrivate?: boolean | undefined;
}

/** Judges one provider for a request. */
export function candidateOf(provider: Provider, parameters: CandidateParameters): Candidate {
  const { request, postedAt, program, metadata, isPrivate } = parameters;
  const stake = stakeBefore(provider.stake, postedAt);
  const document = metadata?.get(provider.id);
  const obstacles: Ineligibility[] = [];
  if (provider.leaving) obstacles.push({ reason: "leaving" });
  if (provider.dormant) obstacles.push({ reason: "dormant" });
  if (provider.trust < request.minTrust) {
    obstacles.push({ reason: "trust-too-low", has: provider.trust, needed: request.minTrust });
  }
  if (stake < MILLI_DECO && provider.stake.active > 0n)
    obstacles.push({ reason: "stake-too-young" });
  if (provider.free < request.lock) {
    obstacles.push({ reason: "stake-not-free", has: provider.free, needed: request.lock });
  }
  if (program !== undefined && document !== undefined) {
    obstacles.push(...unableTo(program, document));
  }
  if (isPrivate && document?.recipient === undefined) {
    obstacles.push({ reason: "recipient-missing" });
  }
  const described = document !== undefined;
  return {
    provider: provider.id,
    owner: provider.owner,
    trust: provider.trust,
    stake,
    described,
    obstacles,
  };
}

function unableTo(program: ProgramDocument, document: ProviderDocument): Ineligibility[] {
  const { engine, limits } = program;
  if (!document.engines.some(({ name }) => name === engine)) {
    return [{ reason: "engine-missing", needed: engine }];
  }
  if (document.memoryBytes >= limits.memoryBytes) return [];
  return [{ reason: "memory-too-small", has: document.memoryBytes, needed: limits.memoryBytes }];
}
