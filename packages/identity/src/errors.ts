/** What keeps a DID from naming a provider; the codes are stable. */
export type IdentityErrorCode =
  /** No registry of ERC-1056 at the address. */
  | "registry-missing"
  /** The account's DID was given to another. */
  | "not-controller"
  /** Not the name of an agent of ERC-8004. */
  | "agent-malformed"
  /** The agent is on another chain than the provider. */
  | "agent-elsewhere"
  /** The registry lets the account not speak for the agent, or is none. */
  | "agent-refused";

const REMEDIES: Readonly<Record<IdentityErrorCode, string>> = {
  "registry-missing": "Name the chain's registry of ERC-1056 with --registry.",
  "not-controller": "Use the account that controls the DID, or a did:key.",
  "agent-malformed": "Write eip155:<chain id>:<registry>:<agent id>.",
  "agent-elsewhere": "Link an agent of the market's chain.",
  "agent-refused": "Use the account that owns the agent, and the registry's address.",
};

/** A refusal with what to do about it. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
  readonly code: IdentityErrorCode;
  readonly remedy: string;

  constructor(code: IdentityErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = REMEDIES[code];
  }
}
