import type { Address, Hex } from "viem";
import { bytesToBigInt, zeroAddress, zeroHash } from "viem";
import type { MarketParameters } from "../actions/get-parameters.ts";
import type { TokenInfo } from "../actions/get-token.ts";
import { DecoDocumentError } from "../documents/document-error.ts";
import type { JobDocument } from "../documents/job.ts";
import { parseAmount } from "../documents/parse-amount.ts";
import type { ProgramDocument } from "../documents/program.ts";
import { DecoUsageError } from "../errors/usage-error.ts";
import { maxRounds } from "../model/price.ts";
import type { Request } from "../request.ts";
import { smallestLock } from "./posting-refusals.ts";

const DEFAULT_REPLICAS = 3;
const MAX_REPLICAS = 16;
const DEFAULT_THRESHOLD_BPS = 6_000;
/** How long a request can be posted, unless it says otherwise. */
export const DEFAULT_EXPIRY_SECONDS = 3_600;
const FULL_SHARE_BPS = 10_000;
/** Claim and reveal windows where a job names none: short on networks that unbond fast, five minutes elsewhere. */
const SHORTEST_DEFAULT_WINDOW = 30;
const LONGEST_DEFAULT_WINDOW = 300;
const DEFAULT_WINDOWS_PER_UNBONDING = 480;
/** Time for fetching, verifying and committing on top of the program's own limit. */
const COMMIT_MARGIN_SECONDS = 120;

/** What a job's file does not tell. */
export interface BuildRequestParameters {
  readonly job: Omit<JobDocument, "program" | "input" | "output" | "name" | "deco">;
  readonly requester: Address;
  /** Digest and content of the program document. */
  readonly program: Hex;
  readonly programDocument: ProgramDocument;
  /** Digest of the input document. */
  readonly input: Hex;
  /** Items of the bag; 1 for a single run. */
  readonly volume: number;
  /** The payment token that the job names; DECO unless it names one. */
  readonly token: TokenInfo;
  /** DECO, in which locks are told. */
  readonly deco: TokenInfo;
  /** The market's values, with the terms of that payment token. */
  readonly parameters: MarketParameters;
  /** Time of the latest block, in seconds. */
  readonly timestamp: number;
  /** Default: random. */
  readonly nonce?: bigint | undefined;
}

/**
 * Turns a job into a request, filling in what it leaves out. What the market would refuse is not
 * judged here: see `planTask`.
 * @throws DecoDocumentError `amount-invalid` with the member's path.
 * @throws DecoUsageError `job-incomplete` when its members contradict each other.
 */
export function buildRequest(context: BuildRequestParameters): Request {
  const { job, requester, program, input, volume, token, parameters, timestamp } = context;
  const minPrice = amountOf(job.price.min ?? "0", token, ["price", "min"]);
  const maxPrice = amountOf(job.price.max, token, ["price", "max"]);
  if (minPrice > maxPrice) throw contradiction("price.min is above price.max");
  // A proof needs one seat; it is not outvoted.
  const replicas = job.replicas ?? (job.policy ? 1 : DEFAULT_REPLICAS);
  const maxReplicas =
    job.maxReplicas ?? (replicas === 1 ? 1 : Math.min(MAX_REPLICAS, 2 * replicas));
  if (maxReplicas < replicas) throw contradiction("maxReplicas is below replicas");
  const { claimWindow, commitWindow, revealWindow } = windowsOf(context, { replicas, maxReplicas });
  return {
    ...{ requester, program, input, volume, token: token.address, minPrice, maxPrice },
    nonce: context.nonce ?? randomNonce(),
    expiry: timestamp + (job.expirySeconds ?? DEFAULT_EXPIRY_SECONDS),
    rampSeconds: job.price.rampSeconds ?? claimWindow,
    settlementFee:
      job.price.settlementFee === undefined
        ? parameters.token.minSettlementFee
        : amountOf(job.price.settlementFee, token, ["price", "settlementFee"]),
    lock:
      job.lock === undefined
        ? smallestLock(maxPrice, parameters)
        : amountOf(job.lock, context.deco, ["lock"]),
    dissentBps: job.dissentBps ?? dissentOf(context),
    ...{ replicas, maxReplicas, claimWindow, commitWindow, revealWindow },
    thresholdBps: job.thresholdBps ?? DEFAULT_THRESHOLD_BPS,
    minAgreeing: job.minAgreeing ?? (maxReplicas === 1 ? 1 : 2),
    minTrust: job.minTrust ?? 10,
    minWeight: job.minWeight ?? 0,
    challengeWindow: job.windows?.challengeSeconds ?? 0,
    deliveryWindow: job.windows?.deliverySeconds ?? 0,
    inputWindow: job.windows?.inputSeconds ?? 0,
    auditBps: job.auditBps ?? 0,
    panelPrice: job.panelPrice === undefined ? 0n : amountOf(job.panelPrice, token, ["panelPrice"]),
    policy: addressOf(job.policy?.address),
    policyData: job.policy ? (job.policy.data as Hex) : zeroHash,
    ...{ allocator: zeroAddress, allocatorWindow: 0 },
    callback: addressOf(job.callback?.address),
    callbackGas: job.callback?.gas ?? 0,
    programOwner: addressOf(job.royalties?.program?.owner),
    programBps: job.royalties?.program?.bps ?? 0,
    dataOwner: addressOf(job.royalties?.data?.owner),
    dataBps: job.royalties?.data?.bps ?? 0,
  };
}

/** Windows in seconds. The commit window is what the program may need, as far as the longest task leaves room. */
function windowsOf(
  { job, parameters, programDocument, volume }: BuildRequestParameters,
  seats: Pick<Request, "replicas" | "maxReplicas">,
): Pick<Request, "claimWindow" | "commitWindow" | "revealWindow"> {
  const { unbond, minClaimWindow, minRevealWindow } = parameters.post;
  const usual = clamp(
    Math.floor(unbond / DEFAULT_WINDOWS_PER_UNBONDING),
    SHORTEST_DEFAULT_WINDOW,
    LONGEST_DEFAULT_WINDOW,
  );
  const claimWindow = job.windows?.claimSeconds ?? Math.max(usual, minClaimWindow);
  const revealWindow = job.windows?.revealSeconds ?? Math.max(usual, minRevealWindow);
  const round = Math.floor(Math.floor(unbond / 2) / maxRounds(seats));
  const room = round - 2 * claimWindow - revealWindow - parameters.task.settleWindow;
  const needed = programDocument.limits.wallSeconds * volume + COMMIT_MARGIN_SECONDS;
  const commitWindow = job.windows?.commitSeconds ?? Math.max(1, Math.min(needed, room));
  return { claimWindow, commitWindow, revealWindow };
}

/** Containers may differ by the machine, so honest dissent must not cost everything. */
function dissentOf({ programDocument, parameters }: BuildRequestParameters): number {
  return programDocument.engine === "oci" ? parameters.task.noShowBps : FULL_SHARE_BPS;
}

function amountOf(text: string, token: TokenInfo, path: readonly string[]): bigint {
  try {
    return parseAmount(text, token);
  } catch (cause) {
    if (!(cause instanceof DecoDocumentError)) throw cause;
    const { code, remedy } = cause;
    throw new DecoDocumentError(code, cause.message, { remedy, path, cause });
  }
}

function addressOf(text: string | undefined): Address {
  return text === undefined ? zeroAddress : (text as Address);
}

/** Makes a request the only one of its kind. */
export function randomNonce(): bigint {
  return bytesToBigInt(crypto.getRandomValues(new Uint8Array(32)));
}

function clamp(value: number, minimum: number, maximum: number): number {
  return Math.max(minimum, Math.min(maximum, value));
}

function contradiction(message: string): DecoUsageError {
  return new DecoUsageError("job-incomplete", message, {
    remedy: "Correct the job; see docs/DOCUMENTS.md for what its members mean.",
  });
}
