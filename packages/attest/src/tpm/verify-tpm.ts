import type { X509Certificate } from "node:crypto";
import { bytesToHex, type Hex, hexToBytes, sha256 as sha256Hex } from "viem";

import { AttestError } from "../errors.ts";
import { type KeyBinding, nonceOf, type TpmEvidence } from "../evidence.ts";
import { checkEndorsement } from "./endorsement.ts";
import {
  isSigned,
  OBJECT,
  parseAttest,
  parsePublic,
  pcrPolicy,
  sha256,
  type TpmPublic,
} from "./structures.ts";

export interface TpmTrust {
  /** Roots of the makers of TPMs that are believed. */
  readonly roots: readonly X509Certificate[];
  /** Second at which certificates must be valid. */
  readonly at: number;
}

/** What a TPM's evidence shows. */
export interface VerifiedTpm {
  readonly kind: "tpm";
  readonly measurement: Hex;
  readonly nonce: Hex;
  readonly pcrs: TpmEvidence["tpm"]["pcrs"];
  readonly endorsement: {
    readonly issuer: string;
    readonly serial: string;
    readonly validTo: number;
  };
  /** TPM2B_NAME of the attestation key: what a challenge to the TPM is for. */
  readonly attestationKey: Hex;
}

/**
 * Verifies what a TPM says: that its attestation key quotes these registers for this key, provider, chain and registry; that the
 * signing key never leaves the TPM and signs only while the registers have these values; and that the TPM's endorsement is a
 * trusted maker's. That the attestation key is in the endorsed TPM only a challenge shows (see `makeChallenge`).
 * @throws AttestError
 */
export function verifyTpm(
  { tpm, key }: TpmEvidence,
  binding: KeyBinding,
  { roots, at }: TpmTrust,
): VerifiedTpm {
  const bytes = (text: string) => Buffer.from(text, "base64");
  const attestationKey = parsePublic(bytes(tpm.attestationKey), "attestation key");
  requireAttributes(
    attestationKey,
    ["fixedTpm", "restricted", "sign", "sensitiveDataOrigin"],
    ["decrypt"],
  );
  requireSigned(bytes(tpm.quote), bytes(tpm.quoteSignature), attestationKey, "quote");
  requireSigned(
    ...([bytes(tpm.certification), bytes(tpm.certificationSignature)] as const),
    ...([attestationKey, "certification"] as const),
  );
  const quote = parseAttest(bytes(tpm.quote), "quote");
  if (quote.type !== "quote") throw otherStatement("quote");
  const nonce = nonceOf(binding, key as { x: Hex; y: Hex });
  if (bytesToHex(quote.extraData) !== nonce) {
    throw new AttestError(
      "nonce-mismatch",
      "The quote answers another nonce than this key, provider, chain and registry give.",
      "Quote again for the provider that will use the key, on the chain of its registry.",
    );
  }
  requireRegisters(tpm.pcrs, quote.pcrs, quote.digest);
  const signingKey = parsePublic(bytes(tpm.signingKey), "signing key");
  const certification = parseAttest(bytes(tpm.certification), "certification");
  if (certification.type !== "certify") throw otherStatement("certification");
  const point = signingKey.point;
  const isIt = point && bytesToHex(point.x) === key.x && bytesToHex(point.y) === key.y;
  if (!isIt || !certification.name.equals(signingKey.name)) {
    throw new AttestError(
      "key-mismatch",
      "The TPM certified another key than the one that the evidence names.",
      "Certify the signing key itself with TPM2_Certify.",
    );
  }
  requireAttributes(
    signingKey,
    ["fixedTpm", "fixedParent", "sign", "sensitiveDataOrigin"],
    ["userWithAuth", "decrypt"],
  );
  if (!signingKey.authPolicy.equals(pcrPolicy(quote.selection, quote.digest))) {
    throw new AttestError(
      "key-unprotected",
      "The signing key may be used in another state of the machine than the quoted one.",
      "Create the key with the policy of TPM2_PolicyPCR over the quoted registers.",
    );
  }
  const leaf = checkEndorsement(tpm.endorsement.map(bytes), roots, at);
  return {
    kind: "tpm",
    measurement: tpmMeasurement(quote.selection, quote.digest),
    ...{ nonce, pcrs: tpm.pcrs, attestationKey: bytesToHex(attestationKey.name) },
    endorsement: {
      issuer: leaf.issuer.replaceAll("\n", ", "),
      serial: leaf.serialNumber,
      validTo: Math.floor(leaf.validToDate.getTime() / 1_000),
    },
  };
}

/** Which registers are measured, and their values, in one digest. */
export function tpmMeasurement(selection: Uint8Array, digest: Uint8Array): Hex {
  return sha256Hex(Buffer.concat([selection, digest]));
}

function requireSigned(message: Buffer, signature: Buffer, by: TpmPublic, what: string): void {
  if (isSigned(message, signature, by)) return;
  throw new AttestError(
    "signature-invalid",
    `The ${what} is not signed by the attestation key.`,
    "Make the evidence again; a changed or mixed one is worth nothing.",
  );
}

function requireRegisters(
  listed: TpmEvidence["tpm"]["pcrs"],
  quoted: readonly number[],
  digest: Buffer,
): void {
  const same = listed.map(({ index }) => index).join() === quoted.join();
  const values = Buffer.concat(listed.map(({ value }) => hexToBytes(value as Hex)));
  if (same && sha256(values).equals(digest)) return;
  throw new AttestError(
    "measurement-mismatch",
    "The listed registers are not those that the TPM quoted.",
    "Read the registers and quote them in one state of the machine.",
  );
}

function requireAttributes(
  { attributes }: TpmPublic,
  set: readonly (keyof typeof OBJECT)[],
  clear: readonly (keyof typeof OBJECT)[],
): void {
  const missing = set.filter((name) => (attributes & OBJECT[name]) === 0);
  const refused = clear.filter((name) => (attributes & OBJECT[name]) !== 0);
  if (missing.length + refused.length === 0) return;
  const why = [...missing.map((name) => `lacks ${name}`), ...refused.map((name) => `has ${name}`)];
  throw new AttestError(
    "key-unprotected",
    `A key of the evidence ${why.join(", ")}.`,
    "Create keys in the TPM as deco attest quote does.",
  );
}

function otherStatement(what: string): AttestError {
  return new AttestError(
    "evidence-invalid",
    `Another statement stands in the place of the ${what}.`,
    "Make the evidence again with deco attest quote.",
  );
}
