/** What keeps a DID from naming a provider; the codes are stable. */
export type IdentityErrorCode =
  /** No registry of ERC-1056 at the address. */
  | "registry-missing"
  /** The account's DID was given to another. */
  | "not-controller";

const REMEDIES: Readonly<Record<IdentityErrorCode, string>> = {
  "registry-missing": "Name the chain's registry of ERC-1056 with --registry.",
  "not-controller": "Use the account that controls the DID, or a did:key.",
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
