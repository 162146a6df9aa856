import { createRequire } from "node:module";
import { bytesToHex, type Hex, sha256 } from "viem";

import { AttestError } from "../errors.ts";
import { type DcapEvidence, type KeyBinding, nonceOf } from "../evidence.ts";

// The library is CommonJS, and its types name no module.
type Dcap = typeof import("@phala/dcap-qvl");
const { verify } = createRequire(import.meta.url)("@phala/dcap-qvl") as Dcap;

/** A collateral as the library takes it. */
export type Collateral = DcapEvidence["dcap"]["collateral"];

/** What a DCAP quote shows. */
export interface VerifiedDcap {
  readonly kind: "sgx" | "tdx";
  readonly measurement: Hex;
  /** 64 bytes that the program in the enclave or domain chose. */
  readonly reportData: Hex;
  readonly tcbStatus: string;
  readonly advisories: readonly string[];
  /** Seconds: when the collateral has to be renewed. */
  readonly expiresAt: number;
}

/** Firmware states that are no known hole by themselves. */
export const ACCEPTED_TCB: readonly string[] = ["UpToDate", "SWHardeningNeeded"];

/**
 * Verifies an SGX or TDX quote to Intel's root.
 * @param at seconds: certificates, revocation lists and TCB information must be valid then
 * @throws AttestError `signature-invalid`, `tcb-unacceptable`
 */
export function verifyQuote(
  quote: Uint8Array,
  collateral: Collateral,
  at: number,
  acceptedTcb: readonly string[] = ACCEPTED_TCB,
): VerifiedDcap {
  const report = verified(quote, collateral, at);
  const { status, advisory_ids: advisories } = report;
  if (!acceptedTcb.includes(status)) {
    throw new AttestError(
      "tcb-unacceptable",
      `The platform's firmware is ${status}${advisories.length ? ` (${advisories.join(", ")})` : ""}.`,
      "Update the platform's firmware and quote again.",
    );
  }
  const sgx = report.report.asSgx();
  const td = report.report.asTd10() ?? report.report.asTd15()?.base;
  const base = { tcbStatus: status, advisories, expiresAt: expiryOf(collateral) };
  if (sgx) {
    // Of an enclave in debug mode its owner reads the memory.
    requireProduction((sgx.attributes[0] ?? 0) & 2);
    return {
      ...base,
      kind: "sgx",
      measurement: sgxMeasurement(sgx),
      reportData: bytesToHex(sgx.reportData),
    };
  }
  if (!td) throw invalid("its report is of no known kind");
  requireProduction((td.tdAttributes[0] ?? 0) & 1);
  const measured = [td.mrTd, td.mrConfigId, td.rtMr0, td.rtMr1, td.rtMr2, td.rtMr3];
  const measurement = sha256(Buffer.concat(measured));
  return { ...base, kind: "tdx", measurement, reportData: bytesToHex(td.reportData) };
}

/** The same, for a key: the report names it. @throws AttestError */
export function verifyDcap(
  { kind, key, dcap }: DcapEvidence,
  binding: KeyBinding,
  at: number,
  acceptedTcb?: readonly string[],
): VerifiedDcap {
  const shown = verifyQuote(Buffer.from(dcap.quote, "base64"), dcap.collateral, at, acceptedTcb);
  if (shown.kind !== kind) throw invalid(`it is of ${shown.kind}`);
  const nonce = nonceOf(binding, key as { x: Hex; y: Hex });
  if (shown.reportData !== `${nonce}${"00".repeat(32)}`) {
    throw new AttestError(
      "nonce-mismatch",
      "The report names another key, provider, chain or registry.",
      "Quote again, with the nonce in the first 32 bytes of the report's data and zeros after it.",
    );
  }
  return shown;
}

/** Enclave and signer, product and version, in one digest. */
function sgxMeasurement(report: {
  readonly mrEnclave: Uint8Array;
  readonly mrSigner: Uint8Array;
  readonly isvProdId: number;
  readonly isvSvn: number;
}): Hex {
  const version = Buffer.alloc(4);
  version.writeUInt16BE(report.isvProdId, 0);
  version.writeUInt16BE(report.isvSvn, 2);
  return sha256(Buffer.concat([report.mrEnclave, report.mrSigner, version]));
}

function verified(quote: Uint8Array, collateral: Collateral, at: number) {
  try {
    return verify(quote, collateral, at);
  } catch (cause) {
    throw new AttestError(
      "signature-invalid",
      `The quote does not verify: ${cause instanceof Error ? cause.message : cause}`,
      "Quote again with current collateral; a changed quote is worth nothing.",
      cause,
    );
  }
}

function expiryOf({ tcb_info, qe_identity }: Collateral): number {
  const next = [tcb_info, qe_identity].map((text) => {
    const { nextUpdate } = JSON.parse(text) as { readonly nextUpdate: string };
    return Math.floor(Date.parse(nextUpdate) / 1_000);
  });
  return Math.min(...next);
}

function requireProduction(debug: number): void {
  if (debug === 0) return;
  throw new AttestError(
    "key-unprotected",
    "The enclave or domain runs in debug mode.",
    "Run it in production mode.",
  );
}

function invalid(why: string): AttestError {
  return new AttestError("evidence-invalid", `The quote cannot be used: ${why}.`, "Quote again.");
}
