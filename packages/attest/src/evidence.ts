import { DecoDocumentError, decodeDocument, encodeDocument } from "@deco-network/sdk";
import { type Address, type Hex, hexToBytes, numberToBytes, sha256 } from "viem";
import * as z from "zod";

import { AttestError } from "./errors.ts";

/** In the order of `AttestationKind` in the contracts. */
export const KINDS = ["tpm", "sgx", "tdx"] as const;
export type AttestationKind = (typeof KINDS)[number];

const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/);
/** Standard base 64. */
const bytes = z
  .string()
  .min(4)
  .max(200_000)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/);
const provider = z
  .int()
  .min(1)
  .max(2 ** 32 - 1);
const key = z.strictObject({ x: bytes32, y: bytes32 });

/** What a TPM says of a signing key and of the state in which alone it signs. */
const tpmSchema = z.strictObject({
  /** TPMS_ATTEST of TPM2_Quote, and its TPMT_SIGNATURE by the attestation key. */
  quote: bytes,
  quoteSignature: bytes,
  /** TPMS_ATTEST of TPM2_Certify of the signing key, and its TPMT_SIGNATURE. */
  certification: bytes,
  certificationSignature: bytes,
  /** TPMT_PUBLIC of both keys. */
  signingKey: bytes,
  attestationKey: bytes,
  /** Endorsement certificate, then intermediates, in DER. */
  endorsement: z.array(bytes).min(1).max(8),
  /** Values of the quoted registers of the SHA-256 bank, ascending. */
  pcrs: z
    .array(z.strictObject({ index: z.int().min(0).max(23), value: bytes32 }))
    .min(1)
    .max(24),
});

const hexText = z.string().regex(/^[0-9a-f]*$/);
/** A DCAP quote with what Intel published about the platform at that time. */
const dcapSchema = z.strictObject({
  quote: bytes,
  collateral: z.strictObject({
    pck_crl_issuer_chain: z.string(),
    root_ca_crl: hexText,
    pck_crl: hexText,
    tcb_info_issuer_chain: z.string(),
    tcb_info: z.string(),
    tcb_info_signature: hexText,
    qe_identity_issuer_chain: z.string(),
    qe_identity: z.string(),
    qe_identity_signature: hexText,
    pck_certificate_chain: z.string().exactOptional(),
  }),
});

/** The published evidence of one key: what anybody verifies again. */
export const evidenceSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    deco: z.literal("attestation/1"),
    kind: z.literal("tpm"),
    provider,
    key,
    tpm: tpmSchema,
  }),
  z.strictObject({
    deco: z.literal("attestation/1"),
    kind: z.literal("sgx"),
    provider,
    key,
    dcap: dcapSchema,
  }),
  z.strictObject({
    deco: z.literal("attestation/1"),
    kind: z.literal("tdx"),
    provider,
    key,
    dcap: dcapSchema,
  }),
]);
export type Evidence = z.infer<typeof evidenceSchema>;
export type TpmEvidence = Extract<Evidence, { kind: "tpm" }>;
export type DcapEvidence = Exclude<Evidence, TpmEvidence>;

/** A point of P-256. */
export interface PublicPoint {
  readonly x: Hex;
  readonly y: Hex;
}

/** For whom and where a key is attested. */
export interface KeyBinding {
  readonly chainId: number;
  readonly registry: Address;
  readonly provider: number;
}

/** The canonical document. @throws DecoDocumentError */
export function encodeEvidence(evidence: Evidence): Uint8Array {
  return encodeDocument(evidenceSchema, evidence);
}

/** @throws AttestError `evidence-invalid` */
export function decodeEvidence(document: Uint8Array): Evidence {
  try {
    return decodeDocument(evidenceSchema, document);
  } catch (cause) {
    if (!(cause instanceof DecoDocumentError)) throw cause;
    throw new AttestError(
      "evidence-invalid",
      `The evidence is no attestation/1 document: ${cause.message}`,
      "Make it with deco attest quote; docs/PROOFS.md has its form.",
      cause,
    );
  }
}

/**
 * What a quote answers: it is for this key, provider, chain and registry, and cannot stand for another.
 * @returns 32 bytes: the qualifying data of a TPM's quote, the first half of a DCAP report's data
 */
export function nonceOf({ chainId, registry, provider }: KeyBinding, { x, y }: PublicPoint): Hex {
  const parts = [
    new TextEncoder().encode("deco attestation/1"),
    numberToBytes(chainId, { size: 32 }),
    hexToBytes(registry),
    numberToBytes(provider, { size: 4 }),
    hexToBytes(x),
    hexToBytes(y),
  ];
  return sha256(Buffer.concat(parts));
}
