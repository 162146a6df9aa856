import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";

import {
  AttestError,
  type AttestErrorCode,
  decodeEvidence,
  encodeEvidence,
  type KeyBinding,
  nonceOf,
  SIMULATED_ROOT,
  simulatedTpm,
  type TpmEvidence,
  type VerifiedEvidence,
  type VerifiedTpm,
  verifyEvidence,
} from "../src/index.ts";
import { OBJECT } from "../src/tpm/structures.ts";

const BINDING: KeyBinding = {
  chainId: 31_337,
  registry: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
  provider: 7,
};
const ROOTS = [new X509Certificate(Buffer.from(SIMULATED_ROOT, "base64"))];
const AT = Date.UTC(2026, 0, 1) / 1_000;
const REGISTERS = Array.from({ length: 8 }, (_, i) => `0x${`0${i}`.repeat(32)}` as const);

function codeOf(work: () => unknown): AttestErrorCode | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof AttestError)) throw error;
    expect(error.remedy).not.toBe("");
    return error.code;
  }
}

/** Evidence with one part of its TPM's statements changed. */
function changed(evidence: TpmEvidence, tpm: Partial<TpmEvidence["tpm"]>): TpmEvidence {
  return { ...evidence, tpm: { ...evidence.tpm, ...tpm } };
}

describe("evidence of a TPM", () => {
  const { evidence } = simulatedTpm(BINDING, REGISTERS);
  const verify = (of: TpmEvidence, binding = BINDING, at = AT, roots = ROOTS) =>
    verifyEvidence(of, binding, { roots, at });

  it("shows a measurement that depends on every register, and the nonce of its key", () => {
    const shown = verify(evidence);
    expect(shown.kind).toBe("tpm");
    expect(shown).toMatchObject({ nonce: nonceOf(BINDING, evidence.key as never) });
    const measurements = new Set([shown.measurement]);
    for (let index = 0; index < 8; index++) {
      const other = REGISTERS.map((value, i) =>
        i === index ? (`0x${"ff".repeat(32)}` as const) : value,
      );
      measurements.add(verify(simulatedTpm(BINDING, other).evidence).measurement);
    }
    expect(measurements.size).toBe(9);
  });

  it("is the same after it was a document", () => {
    expect(decodeEvidence(encodeEvidence(evidence))).toEqual(evidence);
  });

  it.each([
    ["provider", { ...BINDING, provider: 8 }, "key-mismatch"],
    ["chain", { ...BINDING, chainId: 1 }, "nonce-mismatch"],
    ["registry", { ...BINDING, registry: `0x${"11".repeat(20)}` as const }, "nonce-mismatch"],
  ] as const)("is refused for another %s", (_, binding, code) => {
    expect(codeOf(() => verify(evidence, binding))).toBe(code);
  });

  it("is refused for another provider that copies it into a document of its own", () => {
    const copied = { ...evidence, provider: 8 };
    expect(codeOf(() => verify(copied, { ...BINDING, provider: 8 }))).toBe("nonce-mismatch");
  });

  it("is refused when it answers a nonce of somebody's choice", () => {
    const faults = { nonce: new Uint8Array(32) };
    expect(codeOf(() => verify(simulatedTpm(BINDING, REGISTERS, faults).evidence))).toBe(
      "nonce-mismatch",
    );
  });

  it("is refused when the listed registers are not the quoted ones", () => {
    const pcrs = evidence.tpm.pcrs.map((each, i) =>
      i === 3 ? { ...each, value: `0x${"ee".repeat(32)}` } : each,
    );
    expect(codeOf(() => verify(changed(evidence, { pcrs })))).toBe("measurement-mismatch");
    const fewer = evidence.tpm.pcrs.slice(1);
    expect(codeOf(() => verify(changed(evidence, { pcrs: fewer })))).toBe("measurement-mismatch");
  });

  it("is refused when parts of two TPMs are mixed", () => {
    const other = simulatedTpm(BINDING, REGISTERS).evidence;
    const { quote, quoteSignature, certification, certificationSignature, signingKey } = other.tpm;
    expect(codeOf(() => verify(changed(evidence, { quote, quoteSignature })))).toBe(
      "signature-invalid",
    );
    expect(codeOf(() => verify(changed(evidence, { certification, certificationSignature })))).toBe(
      "signature-invalid",
    );
    expect(codeOf(() => verify(changed(evidence, { signingKey })))).toBe("key-mismatch");
    expect(codeOf(() => verify({ ...evidence, key: other.key }))).toBe("nonce-mismatch");
  });

  it.each([
    ["may leave the TPM", OBJECT.sign | OBJECT.sensitiveDataOrigin],
    ["was made outside", OBJECT.sign | OBJECT.fixedTpm | OBJECT.fixedParent],
    [
      "signs by its password, without the policy",
      OBJECT.sign |
        OBJECT.fixedTpm |
        OBJECT.fixedParent |
        OBJECT.sensitiveDataOrigin |
        OBJECT.userWithAuth,
    ],
  ])("is refused when the signing key %s", (_, signingAttributes) => {
    const made = simulatedTpm(BINDING, REGISTERS, { signingAttributes }).evidence;
    expect(codeOf(() => verify(made))).toBe("key-unprotected");
  });

  it("is refused when the signing key signs in other states, or the attestation key signs anything", () => {
    const free = simulatedTpm(BINDING, REGISTERS, { authPolicy: new Uint8Array(32) }).evidence;
    expect(codeOf(() => verify(free))).toBe("key-unprotected");
    const attestationAttributes = OBJECT.sign | OBJECT.fixedTpm | OBJECT.sensitiveDataOrigin;
    const loose = simulatedTpm(BINDING, REGISTERS, { attestationAttributes }).evidence;
    expect(codeOf(() => verify(loose))).toBe("key-unprotected");
  });

  it("is refused without a trusted root, after the certificate's time, and with the TPM's own certificate as an authority", () => {
    expect(codeOf(() => verify(evidence, BINDING, AT, []))).toBe("chain-untrusted");
    expect(codeOf(() => verify(evidence, BINDING, Date.UTC(2121, 0, 1) / 1_000))).toBe(
      "chain-untrusted",
    );
    expect(codeOf(() => verify(evidence, BINDING, Date.UTC(2019, 0, 1) / 1_000))).toBe(
      "chain-untrusted",
    );
    const [own = ""] = evidence.tpm.endorsement;
    expect(codeOf(() => verify(changed(evidence, { endorsement: [own, own] })))).toBe(
      "chain-untrusted",
    );
  });

  it("is refused whatever byte of it is changed", () => {
    const parts = [
      "quote",
      "quoteSignature",
      "certification",
      "certificationSignature",
      "signingKey",
      "attestationKey",
    ] as const;
    let tried = 0;
    for (const part of parts) {
      const bytes = Buffer.from(evidence.tpm[part], "base64");
      for (let at = 0; at < bytes.length; at++) {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
        const tampered = changed(evidence, { [part]: altered.toString("base64") });
        let shown: VerifiedEvidence | undefined;
        const code = codeOf(() => {
          shown = verify(tampered);
        });
        // What only the challenge covers: then it is a challenge to another key.
        const isOther =
          part === "attestationKey" &&
          shown?.kind === "tpm" &&
          shown.attestationKey !== (verify(evidence) as VerifiedTpm).attestationKey;
        expect(code !== undefined || isOther, `${part} at ${at}`).toBe(true);
        tried += 1;
      }
      const cut = bytes.subarray(0, bytes.length - 1).toString("base64");
      const longer = Buffer.concat([bytes, Buffer.alloc(1)]).toString("base64");
      for (const bad of [cut, longer]) {
        expect(codeOf(() => verify(changed(evidence, { [part]: bad })))).toBeDefined();
      }
    }
    expect(tried).toBeGreaterThan(500);
  });
});
