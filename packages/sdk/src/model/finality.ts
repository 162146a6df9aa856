import type { Address, Hex } from "viem";
import { tagOf, votePrefix } from "../digests/vote.ts";
import type { Request } from "../request.ts";
import type { TaskParameters } from "./parameters.ts";
import { priceAtFraction, shareDown } from "./price.ts";
import {
  closed,
  faultOf,
  type SeatVerdict,
  type Settlement,
  type SettlementParameters,
  type SettlingSeat,
} from "./settlement.ts";

/** A bond, and what of it paid panels; base units of the payment token. */
export interface SpentBond {
  readonly account: Address;
  readonly amount: bigint;
  readonly spent: bigint;
}

/** A dispute none of whose panels is open any more. */
export interface EndedDispute {
  readonly index: number;
  readonly kind: "appeal" | "audit" | "delivery";
  /** What was accepted and is judged; absent when a bag's item was never shown. */
  readonly item?: Hex | undefined;
  /** What the first and the second panel decided; absent when they did not. */
  readonly first?: Hex | undefined;
  readonly last?: Hex | undefined;
  /** Heads behind the decision that stands. */
  readonly heads: number;
  /** Of who opened it; an audit's has no account and is the escrow's. */
  readonly bond: Omit<SpentBond, "account"> & { readonly account?: Address | undefined };
  /** Of who appealed the first decision. */
  readonly second?: SpentBond | undefined;
}

/** How a bond ended: base units of the payment token that came back, and of DECO. */
export interface BondEnd {
  readonly index: number;
  readonly account: Address;
  readonly returned: bigint;
  readonly awarded: bigint;
}

/** What became of an accepted result. */
export type Fate = "stands" | "voided" | "undelivered";

export interface Finality extends Settlement {
  readonly fate: Fate;
  /** The result that is paid for; another than the accepted one when panels replaced it. */
  readonly result: Hex;
  readonly overturned: boolean;
  /** Providers behind it: seats that voted for it, and the heads of the panel that put it there. */
  readonly agreeing: number;
  readonly bonds: readonly BondEnd[];
}

export interface PanelEnd {
  readonly verdicts: readonly SeatVerdict[];
  readonly agreeing: number;
  readonly committed: number;
  /** Taken out of the bond that pays the panel, its caller's fee included. */
  readonly spent: bigint;
}

/** Whether a seat revealed a tag of this result. */
function votedFor(id: Hex, seat: SettlingSeat, result: Hex): boolean {
  if (seat.status !== "revealed" || seat.tag === undefined) return false;
  return votePrefix(seat.tag) === votePrefix(tagOf(id, seat.round, result));
}

/**
 * The end of a panel, by heads: more than half of those who committed decide.
 * @param decision absent when the panel ended without one
 * @param filled whether all of its seats were taken
 */
export function panelEndOf({
  panelId,
  request,
  terms,
  seats,
  decision,
  filled,
}: {
  readonly panelId: Hex;
  readonly request: Request;
  readonly terms: TaskParameters;
  readonly seats: readonly SettlingSeat[];
  readonly decision?: Hex | undefined;
  readonly filled: boolean;
}): PanelEnd {
  const released = { outcome: "released", paid: request.panelPrice, slashed: 0n } as const;
  const verdicts = seats.map((seat): SeatVerdict => {
    const { provider } = seat;
    if (!filled) return { provider, ...released };
    if (seat.status !== "revealed") return faultOf(seat, request, terms);
    if (decision === undefined) return { provider, ...released };
    if (votedFor(panelId, seat, decision)) return { provider, ...released, outcome: "agreed" };
    const slashed = shareDown(request.lock, request.dissentBps);
    return { provider, outcome: "dissented", paid: 0n, slashed };
  });
  const paid = verdicts.reduce((sum, verdict) => sum + verdict.paid, 0n);
  const committed = seats.filter(({ status }) => status === "committed" || status === "revealed");
  return {
    verdicts,
    agreeing: verdicts.filter(({ outcome }) => outcome === "agreed").length,
    committed: committed.length,
    spent: paid + request.settlementFee,
  };
}

/** The decision of a dispute that stands. */
export function decisionOf({ first, last }: Pick<EndedDispute, "first" | "last">): Hex | undefined {
  return last ?? first;
}

/** Whether panels decided that what was accepted is wrong, absent or not to be had. */
export function isOverturned(dispute: Pick<EndedDispute, "first" | "last" | "item">): boolean {
  const decision = decisionOf(dispute);
  return decision !== undefined && decision !== dispute.item;
}

/**
 * The end of an accepted task by what stands after all disputes, with every bond.
 * @param lockRate DECO per base unit of the payment token at the post, scaled by 1e18
 */
export function finalityOf(
  parameters: SettlementParameters & {
    readonly accepted: Hex;
    readonly lockRate: bigint;
    readonly disputes: readonly EndedDispute[];
  },
): Finality {
  const { taskId, request, terms, seats, rounds, accepted, lockRate, disputes } = parameters;
  const { fate, result, heads } = standingOf(request, accepted, disputes);
  const voters = seats.filter((seat) => votedFor(taskId, seat, accepted));
  const favoured =
    result === accepted ? voters : seats.filter((seat) => votedFor(taskId, seat, result));
  const share = shareDown(request.lock, request.dissentBps);
  const convicted = fate === "stands" && result === accepted ? [] : voters;
  const slash = share * BigInt(convicted.length);
  const spoils: Spoils = {
    lockRate,
    forfeited: convicted.reduce((sum, { priceFraction }) => {
      return sum + priceAtFraction(request, priceFraction);
    }, 0n),
    slash,
    bounties: slash / 2n,
    charged: 0n,
    awarded: 0n,
  };
  const bonds = [...disputes]
    .sort((a, b) => a.index - b.index)
    .flatMap((dispute) => resolve(dispute, spoils));
  const verdicts = seats.map((seat): SeatVerdict => {
    const { provider } = seat;
    if (seat.status !== "revealed") return faultOf(seat, request, terms);
    const dissented = { provider, outcome: "dissented", paid: 0n, slashed: share } as const;
    if (!favoured.includes(seat)) {
      // Who opposed a void bag was not wrong.
      return fate === "voided" ? { ...dissented, outcome: "released", slashed: 0n } : dissented;
    }
    if (fate === "voided") return dissented;
    if (fate === "undelivered") return { ...dissented, outcome: "undelivered" };
    const paid = priceAtFraction(request, seat.priceFraction);
    return { provider, outcome: "agreed", paid, slashed: 0n };
  });
  const { charged, awarded } = spoils;
  // One settlement fee for each round, and one for the call that ends the task.
  const ending = { taskId, request, terms, seats, rounds: rounds + 1 };
  return {
    ...closed(ending, verdicts, true, { charged, awarded }),
    ...{ fate, result, overturned: result !== accepted, bonds },
    agreeing: favoured.length + heads,
  };
}

function standingOf(request: Request, accepted: Hex, disputes: readonly EndedDispute[]) {
  let standing: { fate: Fate; result: Hex; heads: number } = {
    ...{ fate: "stands", result: accepted, heads: 0 },
  };
  for (const dispute of disputes) {
    if (dispute.kind === "delivery" || !isOverturned(dispute)) continue;
    if (request.volume > 1) standing = { ...standing, fate: "voided" };
    else standing = { ...standing, result: decisionOf(dispute) ?? accepted, heads: dispute.heads };
  }
  const missing = disputes.some((each) => each.kind === "delivery" && isOverturned(each));
  // A wrong result outweighs missing outputs: those who voted for it lose as much.
  const whole = standing.fate === "stands" && standing.result === accepted;
  return missing && whole ? { ...standing, fate: "undelivered" as const } : standing;
}

/** What there is for those who were right; what is left of it. */
interface Spoils {
  readonly lockRate: bigint;
  forfeited: bigint;
  slash: bigint;
  bounties: bigint;
  charged: bigint;
  awarded: bigint;
}

type Side = "undecided" | "right" | "wrong";

/** Of a wrong bond what is left repays a right opponent first; the rest is the treasury's. */
function resolve(dispute: EndedDispute, spoils: Spoils): BondEnd[] {
  const { index, kind, bond, second } = dispute;
  const decision = decisionOf(dispute);
  if (kind === "audit") spoils.charged += bond.spent;
  const firstSide: Side =
    decision === undefined ? "undecided" : isOverturned(dispute) ? "right" : "wrong";
  const secondSide: Side =
    dispute.last === undefined ? "undecided" : dispute.last !== dispute.first ? "right" : "wrong";
  const sides: { readonly bond: SpentBond; readonly side: Side; readonly appeals: boolean }[] = [];
  if (bond.account !== undefined) {
    const own = { ...bond, account: bond.account };
    sides.push({ bond: own, side: firstSide, appeals: kind === "appeal" });
  }
  if (second) sides.push({ bond: second, side: secondSide, appeals: kind !== "delivery" });
  let lost = sides.reduce(
    (sum, { bond, side }) => sum + (side === "wrong" ? bond.amount - bond.spent : 0n),
    0n,
  );
  return sides.map(({ bond, side, appeals }) => {
    const { account, amount, spent } = bond;
    let returned = side === "wrong" ? 0n : amount - spent;
    let awarded = 0n;
    if (side === "right") {
      let owed = spent;
      const fromLoser = least(owed, lost);
      lost -= fromLoser;
      owed -= fromLoser;
      const forfeited = appeals ? least(owed, spoils.forfeited) : 0n;
      spoils.forfeited -= forfeited;
      spoils.charged += forfeited;
      owed -= forfeited;
      returned += fromLoser + forfeited;
      awarded = award(amount, owed, appeals, spoils);
    }
    return { index, account, returned, awarded };
  });
}

/** DECO for what is still owed, and a bounty of at most half the slash and at most the bond. */
function award(bond: bigint, owed: bigint, bountied: boolean, spoils: Spoils): bigint {
  let awarded = least((owed * spoils.lockRate) / 10n ** 18n, spoils.slash);
  spoils.slash -= awarded;
  if (bountied) {
    const most = (bond * spoils.lockRate) / 10n ** 18n;
    const bounty = least(most, least(spoils.bounties, spoils.slash));
    spoils.bounties -= bounty;
    spoils.slash -= bounty;
    awarded += bounty;
  }
  spoils.awarded += awarded;
  return awarded;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
