import { ABSTAIN_REASONS, type AbstainReason } from "../engines/engine.ts";
import type { FetchRefusal } from "./fetch-task.ts";

/** The reason that an engine's error carries; each engine has its own class. */
export function engineReason(error: unknown): AbstainReason | undefined {
  if (typeof error !== "object" || error === null || !("reason" in error)) return undefined;
  return ABSTAIN_REASONS.find((reason) => reason === error.reason);
}

/** What may not be read here is, for the vote, an input that is not there. */
const PRIVATE_REFUSALS: readonly FetchRefusal[] = [
  "private-refused",
  "private-terms",
  "recipient-undescribed",
];

/** Why a seat abstains whose material cannot be used. */
export function refusalReason(code: FetchRefusal): AbstainReason {
  if (code === "image-invalid" || code === "program-invalid") return code;
  if (code === "input-invalid" || code === "volume-mismatch") return "input-unavailable";
  if (PRIVATE_REFUSALS.includes(code)) return "input-unavailable";
  return code === "engine-missing" ? "engine-unavailable" : "limit-exceeded";
}
