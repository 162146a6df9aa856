import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeEvidence, SIMULATED_ROOT, simulatedTpm } from "@deco-network/attest";
import { type AttestedContracts, deployAttested } from "@deco-network/devnet";
import type { Executor } from "@deco-network/executor";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { writeHelloJob } from "../support/hello-job.ts";
import {
  registerProvider,
  startNetwork,
  startProvider,
  type TestNetwork,
} from "../support/network.ts";
import { deco } from "../support/run-deco.ts";

describe("deco attest, on a network with an executor that signs", { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: TestNetwork;
  let contracts: AttestedContracts;
  let executor: Executor | undefined;
  let attester: string;
  let enrolled: { key: string; measurement: string };
  let policyData: string;
  const inFolder = (name: string) => join(folder.path, name);
  const root = () => ["--root", inFolder("root.pem")];
  const signing = () => [
    "--account",
    "attester",
    "--password-file",
    inFolder("password"),
    "--json",
  ];
  const enroll = (...more: string[]) =>
    deco(
      home,
      ...["attest", "enroll", inFolder("evidence.json"), "--policy", contracts.policy],
      ...["--cover", "500", ...more, ...signing()],
    );

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    network = await startNetwork(home, 0);
    const { devnet } = network;
    contracts = await deployAttested(devnet.deployment, AbortSignal.timeout(60_000));
    await registerProvider(devnet, 1);
    const { chainId } = devnet;
    const made = simulatedTpm({ chainId, registry: contracts.registry, provider: 1 });
    await writeFile(inFolder("key.pem"), made.key, { mode: 0o600 });
    await writeFile(inFolder("evidence.json"), encodeEvidence(made.evidence));
    const certificate = new X509Certificate(Buffer.from(SIMULATED_ROOT, "base64"));
    await writeFile(inFolder("root.pem"), certificate.toString());
    await writeFile(inFolder("secret"), "a secret that came back");
    await writeFile(inFolder("wrong"), "another secret than this");
    await writeFile(inFolder("password"), "correct horse\n", { mode: 0o600 });
    const privateKey = devnet.accounts[0]?.privateKey ?? "0x";
    attester = privateKeyToAccount(privateKey).address;
    await writeFile(inFolder("operator"), privateKey, { mode: 0o600 });
    const from = [inFolder("operator"), "--password-file", inFolder("password")];
    expect((await deco(home, "account", "import", "attester", ...from)).code).toBe(0);
  });
  afterAll(async () => {
    await executor?.stop(AbortSignal.abort());
    await network?.stop();
    await folder.remove();
  });

  const answered = (file: string) => ["--secret", inFolder("secret"), "--answer", inFolder(file)];

  it("enrols nothing without a trusted root, and no TPM that did not answer", async () => {
    const untrusted = await enroll(...answered("secret"));
    expect(untrusted).toMatchObject({ code: 1, json: { code: "chain-untrusted" } });
    expect(await enroll(...root())).toMatchObject({ json: { code: "usage" } });
    const wrong = await enroll(...root(), ...answered("wrong"));
    expect(wrong).toMatchObject({ json: { status: "error", code: "activation-failed" } });
  });

  it("says what it would enrol, then enrols it, once", async () => {
    const dry = await enroll(...root(), ...answered("secret"), "--dry-run");
    expect(dry).toMatchObject({ code: 0, json: { status: "dry-run", kind: "tpm" } });
    const real = await enroll(...root(), ...answered("secret"));
    expect(real).toMatchObject({ code: 0, json: { status: "enrolled", key: dry.json.key } });
    const again = await enroll(...root(), ...answered("secret"));
    expect(again).toMatchObject({ json: { status: "error", code: "enrolment-refused" } });
    enrolled = real.json;
  });

  it("publishes what requests accept", async () => {
    const { measurement } = enrolled;
    const said = await deco(
      home,
      ...["attest", "accept", "tpm", "--policy", contracts.policy],
      ...["--measurement", measurement, "--attester", attester, ...signing()],
    );
    expect(said).toMatchObject({ code: 0, json: { status: "published" } });
    policyData = said.json.policyData;
  });

  it("shows what a key stands for once its provider serves the evidence", async () => {
    const show = () =>
      deco(home, "attest", "show", enrolled.key, "--policy", contracts.policy, ...root(), "--json");
    const unserved = await show();
    expect(unserved).toMatchObject({ code: 1, json: { verified: false, provider: 1 } });
    const attested = {
      ...{ policies: [contracts.policy], enrolment: enrolled.key },
      ...{ evidence: inFolder("evidence.json"), key: { file: inFolder("key.pem") } },
    };
    const at = inFolder("executor");
    executor = await startProvider(network.devnet, 1, at, { attested });
    const shown = await show();
    expect(shown).toMatchObject({
      ...{ code: 0 },
      json: { status: "live", keyStatus: "enrolled", verified: true, attesters: [{ attester }] },
    });
    expect(shown.json.trusted.length).toBeGreaterThan(0);
    const { key } = enrolled;
    const untrusted = await deco(
      home,
      "attest",
      "show",
      key,
      "--policy",
      contracts.policy,
      "--json",
    );
    expect(untrusted).toMatchObject({ code: 1, json: { status: "not-good", verified: false } });
  });

  it("runs a job to its signed result, and verifies signature and evidence again", async () => {
    const policy = { address: contracts.policy, data: policyData };
    const job = await writeHelloJob(inFolder("job"), { policy, maxReplicas: 1 });
    const run = await deco(home, "run", job, "--output", inFolder("out"), ...signing());
    expect(run).toMatchObject({ code: 0, json: { status: "settled" } });
    const verify = (...more: string[]) => deco(home, "verify", run.json.taskId, ...more, "--json");
    const proof = (report: { checks: { name: string; status: string }[] }) =>
      report.checks.find(({ name }) => name === "proof-verified")?.status;
    const sound = await verify(...root());
    expect(sound).toMatchObject({ code: 0, json: { status: "sound", task: "settled" } });
    expect(proof(sound.json)).toBe("passed");
    expect(sound.json.trusted.join()).toContain("attesters");
    // Whoever believes no maker of TPMs believes no evidence.
    const unbelieving = await verify();
    expect(unbelieving).toMatchObject({ code: 1, json: { status: "unsound" } });
    expect(proof(unbelieving.json)).toBe("failed");
  });
});
