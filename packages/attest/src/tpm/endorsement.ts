import { X509Certificate } from "node:crypto";

import { AttestError } from "../errors.ts";

const REMEDY =
  "Name the root of the TPM's maker, and see that the evidence lists its intermediates and that none of them has expired.";

/**
 * Follows a TPM's endorsement certificate to a trusted root.
 * @param chain DER: the TPM's own first, then intermediates
 * @param roots certificates that are believed
 * @param at seconds
 * @throws AttestError `chain-untrusted`, `evidence-invalid`
 */
export function checkEndorsement(
  chain: readonly Uint8Array[],
  roots: readonly X509Certificate[],
  at: number,
): X509Certificate {
  const [leaf, ...rest] = chain.map(parse);
  if (leaf === undefined) throw untrusted("there is no certificate");
  let current = leaf;
  for (const issuer of rest) {
    requireCurrent(current, at);
    requireIssued(current, issuer);
    current = issuer;
  }
  requireCurrent(current, at);
  for (const root of roots) {
    if (current.raw.equals(root.raw)) return leaf;
    if (!current.checkIssued(root) || !current.verify(root.publicKey)) continue;
    requireCurrent(root, at);
    requireAuthority(root);
    return leaf;
  }
  throw untrusted(`no trusted root issued ${oneLine(current.subject || current.issuer)}`);
}

function parse(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw new AttestError(
      "evidence-invalid",
      "An endorsement certificate cannot be read.",
      "Give certificates in DER.",
      cause,
    );
  }
}

function requireIssued(certificate: X509Certificate, issuer: X509Certificate): void {
  requireAuthority(issuer);
  if (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)) return;
  throw untrusted(`${oneLine(issuer.subject)} did not issue the certificate before it`);
}

/** Else a TPM's own certificate could issue others. */
function requireAuthority(certificate: X509Certificate): void {
  if (!certificate.ca) throw untrusted(`${oneLine(certificate.subject)} is no authority`);
}

function requireCurrent(certificate: X509Certificate, at: number): void {
  const [from, to] = [certificate.validFromDate, certificate.validToDate];
  if (at * 1_000 >= from.getTime() && at * 1_000 <= to.getTime()) return;
  throw untrusted(
    `${oneLine(certificate.subject || certificate.issuer)} is not valid at that time`,
  );
}

function oneLine(name: string): string {
  return name.replaceAll("\n", ", ");
}

function untrusted(why: string): AttestError {
  return new AttestError(
    "chain-untrusted",
    `The TPM's endorsement is not trusted: ${why}.`,
    REMEDY,
  );
}
