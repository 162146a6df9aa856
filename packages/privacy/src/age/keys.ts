import {
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";

import { PrivacyError } from "../errors.ts";

/** `x25519` is what every age tool reads; `post-quantum` adds ML-KEM-768 to it. */
export type KeyKind = "x25519" | "post-quantum";

/** An age key pair; the identity is the secret half. */
export interface KeyPair {
  /** `AGE-SECRET-KEY-…`. */
  readonly identity: string;
  /** `age1…`. */
  readonly recipient: string;
}

/** Makes a fresh key pair. */
export async function makeKeyPair(kind: KeyKind): Promise<KeyPair> {
  const identity = await (kind === "x25519" ? generateX25519Identity() : generateHybridIdentity());
  return { identity, recipient: await identityToRecipient(identity) };
}

/**
 * The recipient of an identity, of either kind.
 * @throws PrivacyError `identity-invalid`
 */
export async function recipientOf(identity: string): Promise<string> {
  try {
    return await identityToRecipient(identity);
  } catch {
    // The cause may quote the secret.
    throw new PrivacyError("identity-invalid", "The text is no age identity.");
  }
}
