import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Address } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { projectRoot } from "../../../../scripts/lib/project.ts";
import {
  deployZkPolicy,
  type PreparedCircuit,
  prepareCircuit,
} from "../../../../test/support/zk-policy.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { deco } from "../support/run-deco.ts";

const SIGNALS = { n: "5", salt: "31415926535897932384626433" };

const PROOF_VERIFIED = expect.objectContaining({ name: "proof-verified", status: "passed" });

describe("deco on a network with an executor that proves", { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let compiled: string;
  let home: string;
  let network: TestNetwork;
  let circuit: PreparedCircuit;
  let policy: Address;
  let shown: { circuit: string; input: string; output: string };
  const inFolder = (name: string) => join(folder.path, name);

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    await mkdir(join(projectRoot, "cache"), { recursive: true });
    compiled = await mkdtemp(join(projectRoot, "cache", "proven-"));
    circuit = await prepareCircuit("sum-of-squares", compiled);
    network = await startNetwork(home, 1, async (devnet) => {
      policy = await deployZkPolicy(devnet, []);
      return { engines: { wasm: false, circuit: { policies: [policy] } } };
    });
    await writeFile(inFolder("password"), "correct horse\n", { mode: 0o600 });
    await writeFile(inFolder("key"), network.devnet.accounts[0]?.privateKey ?? "", { mode: 0o600 });
    const from = [inFolder("key"), "--password-file", inFolder("password")];
    expect((await deco(home, "account", "import", "alice", ...from)).code).toBe(0);
    await mkdir(inFolder("keys"));
    await mkdir(inFolder("in"));
    await copyFile(circuit.paths.verification, join(inFolder("keys"), "verification-key.json"));
    await copyFile(circuit.paths.proving, join(inFolder("keys"), "proving.zkey"));
    await copyFile(circuit.paths.witness, join(inFolder("keys"), "witness.wasm"));
    await writeFile(join(inFolder("in"), "signals.json"), JSON.stringify(SIGNALS));
  });
  afterAll(async () => {
    await network?.stop();
    await folder.remove();
    await rm(compiled, { recursive: true, force: true });
  });

  it("tells the circuit's id and what the signals commit to", async () => {
    const signals = join(inFolder("in"), "signals.json");
    const told = await deco(
      home,
      "circuit",
      "show",
      inFolder("keys"),
      "--signals",
      signals,
      "--json",
    );
    expect(told.code).toBe(0);
    expect(told.json.circuit).toBe(circuit.id);
    shown = told.json;
  });

  it("registers the circuit with the policy, once", async () => {
    const args = ["circuit", "register", inFolder("keys"), "--policy", policy, "--json"];
    const password = ["--password-file", inFolder("password")];
    const first = await deco(home, ...args, ...password);
    expect(first).toMatchObject({ code: 0, json: { status: "registered", circuit: circuit.id } });
    const again = await deco(home, ...args, ...password);
    expect(again).toMatchObject({ code: 0, json: { status: "known" } });
    expect(again.json.verifier.toLowerCase()).toBe(first.json.verifier.toLowerCase());
  });

  it("runs a job to its proven result, and verifies the proof again", async () => {
    const limits = { memoryBytes: 2 ** 29, outputBytes: 0, stdoutBytes: 0, wallSeconds: 60 };
    const program = { deco: "program/1", engine: "circuit", circuit: { folder: "keys" }, limits };
    const job = inFolder("job.json");
    await writeFile(
      job,
      JSON.stringify({
        deco: "job/1",
        program: { document: program },
        input: { commitment: shown.input, files: { folder: "in" } },
        policy: { address: policy, data: shown.circuit },
        price: { min: "0.1", max: "1" },
        windows: { claimSeconds: 30, commitSeconds: 120, revealSeconds: 30 },
      }),
    );
    const password = ["--password-file", inFolder("password")];
    const run = await deco(home, "run", job, "--output", inFolder("out"), ...password, "--json");
    expect(run).toMatchObject({ code: 0, json: { status: "settled", runs: 1, failedRuns: 0 } });
    // Its provider serves program, keys and input to others when it has seen the settlement.
    await expect
      .poll(() => deco(home, "verify", run.json.taskId, "--json"))
      .toMatchObject({
        code: 0,
        json: {
          ...{ status: "sound", task: "settled" },
          checks: expect.arrayContaining([PROOF_VERIFIED]),
        },
      });
  });
});
