import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  answerChallenge,
  checkAnswer,
  decodeEvidence,
  isResultSigned,
  makeChallenge,
  makeTpmKey,
  messageOf,
  type TpmEvidence,
  tpmSigner,
  verifyEvidence,
} from "../src/index.ts";
import { tpmTools } from "../src/tpm/tpm-tools.ts";
import { hasSwtpm, type Swtpm, startSwtpm } from "./support/swtpm.ts";

const sample = (name: string) => readFileSync(new URL(`./samples/tpm/${name}`, import.meta.url));

describe("evidence that a software TPM made (test/record/main.ts)", () => {
  const evidence = decodeEvidence(sample("evidence.json")) as TpmEvidence;
  const { at, binding, signed, signature } = JSON.parse(sample("about.json").toString("utf8"));
  const roots = [new X509Certificate(sample("root.pem"))];

  it("verifies to the root of its maker, and names its registers", () => {
    const shown = verifyEvidence(evidence, binding, { roots, at });
    expect(shown.kind === "tpm" && shown.pcrs.map(({ index }) => index)).toEqual([
      ...[0, 1, 2, 3, 4, 5, 6, 7],
    ]);
  });

  it("is refused for another nonce, register, time or root", () => {
    const refused = (code: string, work: () => unknown) =>
      expect(work).toThrow(expect.objectContaining({ code }));
    const other = { ...binding, chainId: 1 };
    refused("nonce-mismatch", () => verifyEvidence(evidence, other, { roots, at }));
    const pcrs = evidence.tpm.pcrs.map((each) => ({ ...each, value: `0x${"07".repeat(32)}` }));
    const changed = { ...evidence, tpm: { ...evidence.tpm, pcrs } };
    refused("measurement-mismatch", () => verifyEvidence(changed, binding, { roots, at }));
    refused("chain-untrusted", () => verifyEvidence(evidence, binding, { roots: [], at }));
    const before = { roots, at: at - 20 * 366 * 86_400 };
    refused("chain-untrusted", () => verifyEvidence(evidence, binding, before));
  });

  it("has a key whose signature the policy takes", () => {
    const point = evidence.key as { x: `0x${string}`; y: `0x${string}` };
    expect(isResultSigned(signed, signature, point)).toBe(true);
    expect(isResultSigned({ ...signed, task: signed.result }, signature, point)).toBe(false);
  });
});

describe.runIf(await hasSwtpm())("a software TPM on this machine", { timeout: 90_000 }, () => {
  const binding = {
    ...{ chainId: 31_337, registry: `0x${"11".repeat(20)}` as const, provider: 3 },
  };
  const signed = {
    task: `0x${"01".repeat(32)}`,
    result: `0x${"02".repeat(32)}`,
    environment: `0x${"03".repeat(32)}`,
  } as const;
  let folder: string;
  let tpm: Swtpm;
  let evidence: TpmEvidence;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-tpm-"));
    tpm = await startSwtpm(join(folder, "swtpm"));
    evidence = await makeTpmKey(join(folder, "key"), binding, tpm.endorsement, { tcti: tpm.tcti });
  }, 90_000);
  afterAll(async () => {
    await tpm?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const verified = () => {
    const roots = [new X509Certificate(tpm.root)];
    const shown = verifyEvidence(evidence, binding, { roots, at: Date.now() / 1_000 + 5 });
    if (shown.kind !== "tpm") throw new TypeError(shown.kind);
    return shown;
  };

  it("answers a challenge to its own attestation key, and none to another", async () => {
    const [leaf] = tpm.endorsement;
    const { attestationKey } = verified();
    const { challenge, secret } = makeChallenge(attestationKey, leaf as Uint8Array);
    const answer = await answerChallenge(join(folder, "key"), challenge);
    expect(() => checkAnswer(secret, answer)).not.toThrow();
    const second = makeChallenge(attestationKey, leaf as Uint8Array);
    expect(() => checkAnswer(second.secret, answer)).toThrow(
      expect.objectContaining({ code: "activation-failed" }),
    );
    const foreign = makeChallenge(`0x000b${"ab".repeat(32)}`, leaf as Uint8Array);
    await expect(answerChallenge(join(folder, "key"), foreign.challenge)).rejects.toThrow(
      expect.objectContaining({ code: "tpm-failed" }),
    );
  });

  it("signs while its registers are those of the evidence, and never after one changed", async () => {
    const signer = await tpmSigner(join(folder, "key"));
    const until = AbortSignal.timeout(60_000);
    const signature = await signer.sign(messageOf(signed), until);
    expect(isResultSigned(signed, signature, signer.point)).toBe(true);
    expect(signer.point).toEqual(evidence.key);
    const tool = tpmTools(folder, tpm.tcti);
    await tool("tpm2_pcrextend", `4:sha256=${"aa".repeat(32)}`);
    await expect(signer.sign(messageOf(signed), until)).rejects.toThrow(
      expect.objectContaining({ code: "tpm-failed" }),
    );
  });
});
