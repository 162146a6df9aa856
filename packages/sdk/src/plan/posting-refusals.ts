import type { Address, Hex } from "viem";
import { stringToHex } from "viem";
import { MAX_VOLUME } from "../documents/input.ts";
import { DecoContractError } from "../errors/contract-error.ts";
import { longestLife } from "../model/deadlines.ts";
import { isDelayed, panelCover } from "../model/panels.ts";
import { MILLI_DECO } from "../model/sortition.ts";
import type { Request } from "../request.ts";
import type { MarketState } from "./market-state.ts";

const MAX_REPLICAS = 16;
const MAX_ROUNDS = 15;
const MAX_WINDOW = 2 ** 20 - 1;
const MAX_ROYALTY_BPS = 5_000;
/** Two days. */
const MAX_CHALLENGE = 172_800;
const MAX_AUDIT_BPS = 1_000;
const MAX_UINT96 = 2n ** 96n - 1n;
const MAX_UINT32 = 2 ** 32 - 1;

/** Fields whose mechanism the market does not have; they must be zero. In the order in which `post` looks. */
const UNSUPPORTED = ["inputWindow"] as const satisfies readonly (keyof Request)[];

/**
 * What `post` would refuse in a request, in the order in which it looks: empty when it would accept
 * the request, given enough funds. A task that was posted before is not seen.
 */
export function postingRefusals(request: Request, state: MarketState): DecoContractError[] {
  return [
    ...listing(request, state),
    ...unsupported(request),
    ...ranges(request, state),
    ...money(request, state),
    ...proofs(request, state),
    ...royalties(request),
    ...callback(request, state),
    ...windows(request, state),
    ...panels(request, state),
    ...(state.totalStake === 0n ? [refusal("NoActiveStake")] : []),
  ];
}

function listing({ token }: Request, { parameters }: MarketState): DecoContractError[] {
  return parameters.token.listed ? [] : [refusal("TokenNotListed", token)];
}

function unsupported(request: Request): DecoContractError[] {
  return UNSUPPORTED.filter((field) => BigInt(request[field]) !== 0n).map((field) =>
    refusal("FieldNotSupported", nameWord(field)),
  );
}

function ranges(request: Request, { timestamp, parameters }: MarketState): DecoContractError[] {
  const { replicas, maxReplicas, minTrust } = request;
  const expired = timestamp > request.expiry;
  // A policy needs one seat, or none.
  const voted = BigInt(request.policy) === 0n;
  return [
    ...(expired ? [refusal("RequestExpired", request.expiry, timestamp)] : []),
    ...within(request, "volume", 1, MAX_VOLUME),
    ...within(request, "replicas", voted ? 1 : 0, voted ? MAX_REPLICAS : 1),
    ...within(request, "maxReplicas", replicas, Math.min(MAX_REPLICAS, replicas * MAX_ROUNDS)),
    ...within(request, "thresholdBps", 5_001, 7_500),
    ...within(request, "minAgreeing", 1, maxReplicas < 2 ? 1 : 2),
    ...within(request, "minTrust", 10, 100),
    ...within(request, "minWeight", 0, maxReplicas * minTrust),
    ...within(request, "dissentBps", parameters.task.noShowBps, 10_000),
  ];
}

function money(request: Request, { parameters }: MarketState): DecoContractError[] {
  const minimum = smallestLock(request.maxPrice, parameters);
  const tooSmall = request.lock < minimum;
  return [
    ...within(request, "maxPrice", request.minPrice, MAX_UINT96),
    ...within(request, "settlementFee", parameters.token.minSettlementFee, MAX_UINT96),
    ...(tooSmall ? [refusal("LockTooSmall", request.lock, minimum)] : []),
  ];
}

function proofs(request: Request, { policy }: MarketState): DecoContractError[] {
  const { policy: address, policyData, replicas } = request;
  if (BigInt(address) === 0n) {
    return BigInt(policyData) === 0n ? [] : [refusal("FieldNotSupported", nameWord("policyData"))];
  }
  if (!policy?.listed) return [refusal("PolicyNotListed", address)];
  return [
    ...within(request, "challengeWindow", 0, 0),
    ...within(request, "deliveryWindow", 0, 0),
    ...within(request, "auditBps", 0, 0),
    ...within(request, "replicas", policy.kind === "judge" ? 1 : 0, 1),
    ...within(request, "maxReplicas", replicas, replicas),
    ...(policy.accepts ? [] : [refusal("PolicyRefuses", address, policyData)]),
  ];
}

/** An owner without a share, or a share without an owner, is a mistake. */
function royalties(request: Request): DecoContractError[] {
  const share = (field: "programBps" | "dataBps", owner: Address) => {
    const owned = BigInt(owner) !== 0n;
    return within(request, field, owned ? 1 : 0, owned ? MAX_ROYALTY_BPS : 0);
  };
  return [...share("programBps", request.programOwner), ...share("dataBps", request.dataOwner)];
}

/** A callback without gas, or gas without a callback, is a mistake. */
function callback(request: Request, { parameters }: MarketState): DecoContractError[] {
  const asked = BigInt(request.callback) !== 0n;
  return within(request, "callbackGas", asked ? 1 : 0, asked ? parameters.post.maxCallbackGas : 0);
}

function windows(request: Request, { parameters }: MarketState): DecoContractError[] {
  const { minClaimWindow, minRevealWindow, unbond } = parameters.post;
  const length = longestLife(request, parameters.task);
  const half = Math.floor(unbond / 2);
  const allocated = BigInt(request.allocator) !== 0n;
  return [
    ...within(request, "claimWindow", minClaimWindow, MAX_WINDOW),
    ...within(request, "commitWindow", 1, MAX_WINDOW),
    ...within(request, "revealWindow", minRevealWindow, MAX_WINDOW),
    ...within(request, "allocatorWindow", allocated ? 1 : 0, allocated ? MAX_WINDOW : 0),
    ...within(request, "rampSeconds", request.claimWindow, MAX_UINT32),
    ...(length > half ? [refusal("TaskTooLong", length, half)] : []),
  ];
}

/** Results that wait for a window need panels that can fill, and liars that can pay for them. */
function panels(request: Request, { parameters, providers }: MarketState): DecoContractError[] {
  const delayed = isDelayed(request);
  const price = within(request, "panelPrice", delayed ? 1 : 0, delayed ? MAX_UINT96 : 0);
  if (!delayed) return price;
  const { task, token } = parameters;
  const active = providers.filter(({ dormant, leaving }) => !dormant && !leaving).length;
  const needed = request.maxReplicas + task.panelSeats + task.widePanelSeats;
  const { atStake, cost } = panelCover(request, task, token.lockRate);
  return [
    ...price,
    ...(BigInt(request.policy) === 0n ? [] : [refusal("FieldNotSupported", nameWord("policy"))]),
    ...within(request, "challengeWindow", 0, MAX_CHALLENGE),
    ...within(request, "deliveryWindow", 0, MAX_CHALLENGE),
    ...within(request, "auditBps", 0, MAX_AUDIT_BPS),
    ...(active < needed ? [refusal("TooFewIdentities", active, needed)] : []),
    ...(atStake < cost ? [refusal("PanelsNotCovered", atStake, cost)] : []),
  ];
}

/** Smallest lock that `post` accepts for a price, in base units of DECO. */
export function smallestLock(
  maxPrice: bigint,
  { post, token }: Pick<MarketState["parameters"], "post" | "token">,
): bigint {
  const absolute = BigInt(post.minLock) * MILLI_DECO;
  const atRate = (maxPrice * token.lockRate) / 10n ** 18n;
  return atRate > absolute ? atRate : absolute;
}

function within(
  request: Request,
  field: keyof Request,
  minimum: number | bigint,
  maximum: number | bigint,
): DecoContractError[] {
  const value = BigInt(request[field]);
  if (value >= minimum && value <= maximum) return [];
  return [refusal("FieldOutOfRange", nameWord(field), value, BigInt(minimum), BigInt(maximum))];
}

function refusal(code: DecoContractError["code"], ...args: readonly unknown[]): DecoContractError {
  return new DecoContractError(code, args);
}

/** The contracts name fields by left-aligned ASCII in a word. */
function nameWord(field: string): Hex {
  return stringToHex(field, { size: 32 });
}
