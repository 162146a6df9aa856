/** Stable codes of what the way out refuses; the program sees them as the body of the answer. */
export type EgressCode =
  | "egress-malformed"
  | "egress-not-listed"
  | "egress-address-refused"
  | "egress-unresolved"
  | "egress-unreachable"
  | "egress-bytes-spent";

const STATUS: Record<EgressCode, number> = {
  "egress-malformed": 400,
  "egress-not-listed": 403,
  "egress-address-refused": 403,
  "egress-unresolved": 502,
  "egress-unreachable": 502,
  "egress-bytes-spent": 429,
};

export class EgressError extends Error {
  override readonly name = "EgressError";
  readonly code: EgressCode;

  constructor(code: EgressCode, detail: string, cause?: unknown) {
    super(`${detail} (${code})`, cause === undefined ? {} : { cause });
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }
}
