import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import {
  AttestError,
  type DcapEvidence,
  decodeEvidence,
  encodeEvidence,
  verifyEvidence,
  verifyQuote,
} from "../src/index.ts";

type Collateral = DcapEvidence["dcap"]["collateral"];
const sample = (name: string) => readFileSync(new URL(`./samples/dcap/${name}`, import.meta.url));
const collateralOf = (name: string): Collateral => JSON.parse(sample(name).toString("utf8"));
const QUOTES = {
  sgx: { quote: sample("sgx_quote"), collateral: collateralOf("sgx_quote_collateral.json") },
  tdx: { quote: sample("tdx_quote"), collateral: collateralOf("tdx_quote_collateral.json") },
} as const;
/** Any status of firmware: what these machines had. */
const ANY = [
  "UpToDate",
  "SWHardeningNeeded",
  "ConfigurationNeeded",
  "ConfigurationAndSWHardeningNeeded",
  "OutOfDate",
  "OutOfDateConfigurationNeeded",
];
/** A second within the collateral's time. */
const timeOf = ({ tcb_info, qe_identity }: Collateral) =>
  Math.max(
    ...[tcb_info, qe_identity].map((text) => Date.parse(JSON.parse(text).issueDate) / 1_000),
  ) + 60;

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof AttestError)) throw error;
    return error.code;
  }
}

describe.each(["sgx", "tdx"] as const)("a quote of a real machine with %s", (kind) => {
  const { quote, collateral } = QUOTES[kind];
  const at = timeOf(collateral);

  it("verifies at its time, and tells measurement, report data, status and expiry", () => {
    const shown = verifyQuote(quote, collateral, at, ANY);
    expect(shown.kind).toBe(kind);
    expect(shown.measurement).toMatch(/^0x[0-9a-f]{64}$/);
    expect(shown.reportData).toMatch(/^0x[0-9a-f]{128}$/);
    expect(ANY).toContain(shown.tcbStatus);
    expect(shown.expiresAt).toBeGreaterThan(at);
  });

  it("is refused after its collateral's time, and before", () => {
    const { expiresAt } = verifyQuote(quote, collateral, at, ANY);
    expect(codeOf(() => verifyQuote(quote, collateral, expiresAt + 1, ANY))).toBe(
      "signature-invalid",
    );
    expect(codeOf(() => verifyQuote(quote, collateral, at - 400 * 86_400, ANY))).toBe(
      "signature-invalid",
    );
  });

  it("is refused when its status is not accepted", () => {
    expect(codeOf(() => verifyQuote(quote, collateral, at, []))).toBe("tcb-unacceptable");
  });

  it("is refused when a byte of its report or signature is changed", () => {
    for (let offset = 60; offset < 900; offset += 41) {
      const altered = Buffer.from(quote);
      altered[offset] = (altered[offset] ?? 0) ^ 1;
      expect(
        codeOf(() => verifyQuote(altered, collateral, at, ANY)),
        `byte ${offset}`,
      ).toBe("signature-invalid");
    }
  });

  it("is refused as evidence of a key that it does not name", () => {
    const evidence: DcapEvidence = {
      ...{ deco: "attestation/1", kind, provider: 7 },
      key: { x: `0x${"01".repeat(32)}`, y: `0x${"02".repeat(32)}` },
      dcap: { quote: quote.toString("base64"), collateral },
    };
    const document = decodeEvidence(encodeEvidence(evidence));
    const binding = { chainId: 1, registry: `0x${"11".repeat(20)}`, provider: 7 } as const;
    const trust = { roots: [], at, acceptedTcb: ANY };
    expect(codeOf(() => verifyEvidence(document, binding, trust))).toBe("nonce-mismatch");
    const other = { ...evidence, kind: kind === "sgx" ? "tdx" : "sgx" } as DcapEvidence;
    expect(codeOf(() => verifyEvidence(other, binding, trust))).toBe("evidence-invalid");
  });
});
