import { REASONS } from "./catalogue.ts";

/** What a code says about a task. */
export type ReasonKind =
  /** This executor takes no seat, or gives no offer. */
  | "no"
  /** A seat is held, and its program gave no result. */
  | "abstained"
  /** Something is waited for. */
  | "wait"
  /** How an assignment ended, or why it took a step. */
  | "end";

export interface Reason {
  readonly kind: ReasonKind;
  /** One sentence: what is the case. */
  readonly means: string;
  /** What the provider's operator can do about it. */
  readonly operator: string;
  /** What the requester can do about it; absent where nothing. */
  readonly requester?: string;
}

export type CatalogueCode = keyof typeof REASONS;

/** Every reason that the daemon gives; `claim-` is followed by the name of the contract's error. */
export type ReasonCode = Exclude<CatalogueCode, "claim-*"> | `claim-${string}`;

/** What the catalogue says of a code; codes of older versions are not explained. */
export function reasonOf(code: string): Reason | undefined {
  if (Object.hasOwn(REASONS, code)) return REASONS[code as CatalogueCode];
  return code.startsWith("claim-") ? REASONS["claim-*"] : undefined;
}
