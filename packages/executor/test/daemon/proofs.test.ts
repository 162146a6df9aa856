import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { auditTask } from "@deco-network/audit";
import { commitmentsOf, commitmentText, refuteProof } from "@deco-network/proofs";
import {
  decodeDocument,
  encodeDocument,
  inputSchema,
  type ProgramDocument,
  programSchema,
  resultSchema,
} from "@deco-network/sdk";
import type { Address, Hash } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { publishedCircuits } from "../../../../scripts/circuits/circuits.ts";
import { projectRoot } from "../../../../scripts/lib/project.ts";
import {
  deployZkPolicy,
  type PreparedCircuit,
  prepareCircuit,
} from "../../../../test/support/zk-policy.ts";
import { type Executor, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

const LIMITS = { wallMillis: 60_000, memoryBytes: 2 ** 30 };
const PROGRAM: Omit<Extract<ProgramDocument, { engine: "circuit" }>, "circuit"> = {
  ...{ deco: "program/1", engine: "circuit", command: [], env: {} },
  limits: { memoryBytes: 2 ** 29, outputBytes: 0, stdoutBytes: 0, wallSeconds: 60 },
  ...{ network: "none", stdout: false },
};
const TERMS = { replicas: 1, maxReplicas: 1, minAgreeing: 1, commitWindow: 60 } as const;

describe("an executor that proves", () => {
  let network: TestNetwork;
  let executor: Executor;
  let folder: string;
  let policy: Address;
  let secrets: string;
  const circuits = new Map<string, PreparedCircuit>();

  beforeAll(async () => {
    await mkdir(join(projectRoot, "cache"), { recursive: true });
    folder = await mkdtemp(join(projectRoot, "cache", "proving-executor-"));
    secrets = join(folder, "secrets");
    await mkdir(secrets);
    network = await startNetwork(1);
    for (const { name } of publishedCircuits) {
      circuits.set(name, await prepareCircuit(name, folder));
    }
    const keys = [...circuits.values()].map(({ key }) => key);
    policy = await deployZkPolicy(network.devnet, keys);
    const engines = { wasm: false, circuit: { policies: [policy], witnessFolder: secrets } };
    executor = await startExecutor(configOf(network.providers[0], { engines }));
    await network.dial(executor.endpoint);
  }, 120_000);
  afterAll(async () => {
    await executor?.stop();
    await network?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Publishes a circuit with an input that commits to signals; those of `given` go with it. */
  async function post(name: string, signals: Record<string, string>, given: object): Promise<Hash> {
    const circuit = circuits.get(name) as PreparedCircuit;
    const { storage } = network;
    const visibility = "public" as const;
    const artefact = join(folder, `${name}-artefact`);
    await mkdir(artefact, { recursive: true });
    for (const [to, from] of [
      ["verification-key.json", circuit.paths.verification],
      ["proving.zkey", circuit.paths.proving],
      ["witness.wasm", circuit.paths.witness],
    ] as const) {
      await writeFile(join(artefact, to), await readFile(from));
    }
    const keys = await storage.addFolder(artefact, { visibility });
    const document: ProgramDocument = { ...PROGRAM, circuit: keys.cid };
    const inputs = join(folder, `${name}-input`);
    await mkdir(inputs, { recursive: true });
    await writeFile(join(inputs, "signals.json"), JSON.stringify(given));
    const files = (await storage.addFolder(inputs, { visibility })).cid;
    const until = AbortSignal.timeout(LIMITS.wallMillis);
    const { input } = await commitmentsOf(circuit.files, signals, LIMITS, until);
    const commitment = commitmentText(input);
    const add = async (bytes: Uint8Array) =>
      (await storage.addDocument(bytes, { visibility })).digest;
    return await network.post({
      terms: {
        ...TERMS,
        ...{ policy, policyData: circuit.id },
        program: await add(encodeDocument(programSchema, document)),
        input: await add(encodeDocument(inputSchema, { deco: "input/1", commitment, files })),
      },
    });
  }

  async function settlement(task: Hash) {
    const settled = await network.until(async () => {
      const events = await network.events(task);
      return events.find(({ eventName }) => eventName === "TaskSettled");
    }, 90);
    if (settled.eventName !== "TaskSettled") throw new TypeError(settled.eventName);
    const document = Buffer.from(settled.args.document.slice(2), "hex");
    return { digest: settled.args.digest, result: decodeDocument(resultSchema, document) };
  }

  /** Recomputes the settlement, and the proof by a circuit's key. */
  async function audit(taskId: Hash, name: string) {
    const { devnet, client, storage } = network;
    const { market } = devnet.addresses;
    const circuit = circuits.get(name) as PreparedCircuit;
    const verificationKey = await readFile(circuit.paths.verification);
    const timeoutMillis = 20_000;
    const until = AbortSignal.timeout(LIMITS.wallMillis);
    const report = await auditTask(
      {
        ...{ client, market, startBlock: BigInt(devnet.startBlock) },
        content: {
          getDocument: (digest) => storage.getDocument(digest, { timeoutMillis }),
          readFile: () => Promise.reject(new RangeError("There are no files to read.")),
        },
        proofs: {
          refute: async ({ taskId: task, request, provider, result, proof }) =>
            await refuteProof(
              {
                ...{ verificationKey, result, proof, circuit: request.policyData },
                input: await storage.getDocument(request.input, { timeoutMillis }),
                binding: { taskId: task, provider, chainId: devnet.chainId, market },
              },
              until,
            ),
        },
      },
      taskId,
    );
    return {
      sound: report.sound,
      proof: report.checks.find((check) => check.name === "proof-verified"),
      failed: report.checks.filter((check) => check.status !== "passed"),
    };
  }

  it("proves the sum of squares: the chain sees a commitment that the requester opens", async () => {
    const signals = { n: "5", salt: "8812345678901234567890" };
    const task = await post("sum-of-squares", signals, signals);
    const { result, digest } = await settlement(task);
    const circuit = circuits.get("sum-of-squares") as PreparedCircuit;
    const until = AbortSignal.timeout(LIMITS.wallMillis);
    const { output } = await commitmentsOf(circuit.files, signals, LIMITS, until);
    expect(result).toEqual({
      ...{ deco: "result/1", exitCode: 0, commitment: commitmentText(output) },
    });
    expect(result.commitment).not.toBe(commitmentText(55n));
    const ends = (await network.events(task)).filter(({ eventName }) => eventName === "SeatEnded");
    expect(ends.map(({ args }) => "outcome" in args && args.outcome)).toEqual([1]);
    const published = await network.storage.getDocument(digest, { timeoutMillis: 20_000 });
    expect(decodeDocument(resultSchema, published)).toEqual(result);
    const audited = await audit(task, "sum-of-squares");
    expect(audited).toMatchObject({ failed: [], sound: true, proof: { status: "passed" } });
    const byAnotherKey = await audit(task, "cubic");
    expect(byAnotherKey).toMatchObject({ sound: false, proof: { status: "failed" } });
  }, 120_000);

  it("proves the cubic with an x that only the provider knows", async () => {
    const signals = { x: "3", salt: "4412345678901234567890" };
    const circuit = circuits.get("cubic") as PreparedCircuit;
    await writeFile(join(secrets, `${circuit.id}.json`), JSON.stringify(signals));
    const task = await post("cubic", signals, {});
    const { result } = await settlement(task);
    expect(result.commitment).toBe(commitmentText(51n));
    expect(await audit(task, "cubic")).toMatchObject({ failed: [], sound: true });
  }, 120_000);
});
