import type { Hex } from "viem";
import { encodeAbiParameters, keccak256, parseAbiParameters, stringToHex } from "viem";
import type { Request } from "../request.ts";
import type { TaskParameters } from "./parameters.ts";
import { escrowOf } from "./price.ts";

/** Appeals of one task, live and past; a dispute's number below this is an appeal's. */
export const MAX_APPEALS = 8;
/** Number of a task's audit among its disputes. */
export const AUDIT_INDEX = 8;
/** Number of a task's claim of non-delivery. */
export const DELIVERY_INDEX = 9;
/** All numbers of disputes are below this. */
export const MAX_DISPUTES = 10;

/** What a panel on non-delivery votes on. */
export const AVAILABLE: Hex = keccak256(stringToHex("deco.available.v1"));
export const UNAVAILABLE: Hex = keccak256(stringToHex("deco.unavailable.v1"));

const PANEL_DOMAIN = keccak256(stringToHex("deco.panel.v1"));

type PanelSizes = Pick<TaskParameters, "panelSeats" | "widePanelSeats">;
type Priced = Pick<Request, "panelPrice" | "settlementFee">;

/** Id under which a panel votes: what its commitments, tags and seats are bound to. */
export function panelIdOf(taskId: Hex, index: number, level: number): Hex {
  const types = parseAbiParameters("bytes32, bytes32, uint256, uint256");
  return keccak256(
    encodeAbiParameters(types, [PANEL_DOMAIN, taskId, BigInt(index), BigInt(level)]),
  );
}

/** Whether the request's results are final only after a window. */
export function isDelayed(
  request: Pick<Request, "challengeWindow" | "deliveryWindow" | "auditBps">,
): boolean {
  return request.challengeWindow + request.deliveryWindow + request.auditBps > 0;
}

/**
 * Bond of a dispute in base units of the payment token: what panels from `level` on can cost. 1 for an
 * appeal or a claim of non-delivery, 2 for an appeal of a panel's decision.
 */
export function bondOf(request: Priced, terms: PanelSizes, level: 1 | 2 = 1): bigint {
  const wide = BigInt(terms.widePanelSeats) * request.panelPrice + request.settlementFee;
  if (level === 2) return wide;
  return wide + BigInt(terms.panelSeats) * request.panelPrice + request.settlementFee;
}

/** All that `post` takes in base units of the payment token: prices, fees, and what an audit can cost. */
export function taskEscrowOf(
  request: Parameters<typeof escrowOf>[0] & Priced & Pick<Request, "auditBps">,
  terms: PanelSizes & Pick<TaskParameters, "protocolFeeBps">,
): bigint {
  const audit = request.auditBps === 0 ? 0n : bondOf(request, terms);
  return escrowOf(request, terms.protocolFeeBps) + audit;
}

/** Stake in DECO that liars lose at least, and what the panels that convict them can cost in DECO: `post` wants the first not below the second. */
export function panelCover(
  request: Priced & Pick<Request, "lock" | "dissentBps" | "minAgreeing">,
  terms: PanelSizes,
  lockRate: bigint,
): { readonly atStake: bigint; readonly cost: bigint } {
  const share = (request.lock * BigInt(request.dissentBps)) / 10_000n;
  const cost = (bondOf(request, terms) * lockRate) / 10n ** 18n;
  return { atStake: BigInt(request.minAgreeing) * share, cost };
}

/** Whether a seed sends an accepted task to a panel unasked, and the item that the panel judges. */
export function auditDraw(
  seed: Hex,
  taskId: Hex,
  { auditBps, volume }: Pick<Request, "auditBps" | "volume">,
): { readonly drawn: boolean; readonly leaf: number } {
  const number = (domain: string): bigint =>
    BigInt(
      keccak256(
        encodeAbiParameters(parseAbiParameters("string, bytes32, bytes32"), [domain, seed, taskId]),
      ),
    );
  return {
    drawn: number("deco.audit.v1") % 10_000n < BigInt(auditBps),
    leaf: Number(number("deco.audit.leaf.v1") % BigInt(volume)),
  };
}

/** Numbers of the disputes in the chain's bitmap. */
export function disputesOf(opened: number): number[] {
  const numbers = Array.from({ length: MAX_DISPUTES }, (_, index) => index);
  return numbers.filter((index) => ((opened >> index) & 1) === 1);
}
