import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { auditTask } from "@deco-network/audit";
import { commitmentsOf, commitmentText, refuteProof } from "@deco-network/proofs";
import {
  bodyHashOf,
  decodeDocument,
  type Request,
  resultSchema,
  seatTermsOf,
} from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import {
  type Address,
  createWalletClient,
  encodeFunctionData,
  type Hash,
  http,
  parseEther,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { projectRoot } from "../../../../scripts/lib/project.ts";
import {
  deployZkPolicy,
  type PreparedCircuit,
  prepareCircuit,
} from "../../../../test/support/zk-policy.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { type Executor, makeReport, startExecutor } from "../../src/index.ts";
import { PROVING_LIMITS, publishCircuit } from "../support/circuit-task.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

/** Signals of the cubic that only the provider has. */
const KNOWN = { x: "3", salt: "4412345678901234567890" };
/** `SeatOutcome` and `EndReason` of the contracts. */
const [RELEASED, POLICY_REMOVED] = [6, 7];
const TERMS = { replicas: 1, maxReplicas: 1, minAgreeing: 1, commitWindow: 60 } as const;

describe("an executor that proves", () => {
  let network: TestNetwork;
  let executor: Executor;
  let config: ReturnType<typeof configOf>;
  let folder: string;
  let policy: Address;
  let secrets: string;
  const circuits = new Map<string, PreparedCircuit>();
  /** Proofs are begun when it resolves. */
  let allowed = Promise.resolve();

  beforeAll(async () => {
    await mkdir(join(projectRoot, "cache"), { recursive: true });
    folder = await mkdtemp(join(projectRoot, "cache", "proving-executor-"));
    secrets = join(folder, "secrets");
    await mkdir(secrets);
    network = await startNetwork(2);
    for (const name of ["sum-of-squares", "cubic"]) {
      circuits.set(name, await prepareCircuit(name, folder));
    }
    const keys = [...circuits.values()].map(({ key }) => key);
    policy = await deployZkPolicy(network.devnet, keys);
    const engines = { wasm: false, circuit: { policies: [policy], witnessFolder: secrets } };
    // It claims late, so that others can be first.
    const minPrice = { [network.devnet.addresses.token]: String(parseEther("1.5")) };
    config = configOf(network.providers[0], { engines, policy: { minPrice } });
    const waiting = (engine: Engine): Engine => ({
      name: engine.name,
      probe: (signal) => engine.probe(signal),
      async prepare(spec, signal) {
        const program = await engine.prepare(spec, signal);
        return {
          async run(spec, until) {
            await Promise.race([allowed, ended(until)]);
            return await program.run(spec, until);
          },
          close: () => program.close(),
        };
      },
    });
    executor = await startExecutor(config, { engines: (all) => all.map(waiting) });
    await network.dial(executor.endpoint);
  }, 120_000);
  afterAll(async () => {
    await executor?.stop();
    await network?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function post(
    name: string,
    signals: Record<string, string>,
    given: object,
    terms: Partial<Request> = {},
  ): Promise<Hash> {
    return await network.postRequest(await asked(name, signals, given, terms));
  }

  async function asked(
    name: string,
    signals: Record<string, string>,
    given: object,
    terms: Partial<Request>,
  ): Promise<Request> {
    const circuit = circuits.get(name) as PreparedCircuit;
    const of = { policy, circuit };
    const named = await publishCircuit(network.storage, of, signals, given, join(folder, name));
    return await network.request({ terms: { ...TERMS, ...named, ...terms } });
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
    const until = AbortSignal.timeout(PROVING_LIMITS.wallMillis);
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
    const until = AbortSignal.timeout(PROVING_LIMITS.wallMillis);
    const { output } = await commitmentsOf(circuit.files, signals, PROVING_LIMITS, until);
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
    const circuit = circuits.get("cubic") as PreparedCircuit;
    await writeFile(join(secrets, `${circuit.id}.json`), JSON.stringify(KNOWN));
    const task = await post("cubic", KNOWN, {});
    const { result } = await settlement(task);
    expect(result.commitment).toBe(commitmentText(51n));
    expect(await audit(task, "cubic")).toMatchObject({ failed: [], sound: true });
  }, 120_000);

  it("proves a task without seats, and is paid for the first proof", async () => {
    const signals = { n: "6", salt: "7712345678901234567890" };
    const seatless = { replicas: 0, maxReplicas: 0 };
    const task = await post("sum-of-squares", signals, signals, seatless);
    await settlement(task);
    const events = await network.events(task);
    const proven = events.find(({ eventName }) => eventName === "ResultProven");
    expect(proven?.args).toMatchObject({ provider: 1 });
    expect(proven?.args).toHaveProperty(
      "paid",
      expect.toSatisfy((paid) => paid > 0n),
    );
    expect(events.map(({ eventName }) => eventName)).not.toContain("SeatTaken");
    expect(await audit(task, "sum-of-squares")).toMatchObject({ failed: [], sound: true });
  }, 120_000);

  it("rescues a task whose holder proves nothing, for the price and a bounty", async () => {
    const signals = { n: "8", salt: "9912345678901234567890" };
    const windows = { claimWindow: 40, rampSeconds: 40, commitWindow: 10, revealWindow: 60 };
    const request = await asked("sum-of-squares", signals, signals, windows);
    // The other provider's process is not there: its owner claims by hand as soon as it is drawn, and lets the time pass.
    const { market } = network.devnet.addresses;
    const task = await network.postRequest(request);
    const args = [seatTermsOf(request), bodyHashOf(request), 2] as const;
    const claim = encodeFunctionData({ abi: decoMarketAbi, functionName: "claim", args });
    const claimed = () =>
      network.send(2, market, claim).then(
        () => true,
        () => undefined,
      );
    await network.until(claimed, 20);
    await settlement(task);
    const events = await network.events(task);
    const taken = events.find(({ eventName }) => eventName === "SeatTaken");
    expect(taken?.args).toMatchObject({ provider: 2 });
    const proven = events.find(({ eventName }) => eventName === "ResultProven");
    expect(proven?.args).toMatchObject({ provider: 1 });
    expect(proven?.args).toHaveProperty(
      "bounty",
      expect.toSatisfy((bounty) => bounty > 0n),
    );
    expect(await audit(task, "sum-of-squares")).toMatchObject({ failed: [], sound: true });
  }, 120_000);

  it("reports what it earned by seats, without one, and by the rescue, to the last unit", async () => {
    const { market, token } = network.devnet.addresses;
    const signal = AbortSignal.timeout(60_000);
    const report = await makeReport({ config, provider: 1, deco: token, signal });
    expect(report.tasks.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(["agreed", "proven"]),
    );
    expect(report.bounties).toBeGreaterThan(0n);
    const earnings = await network.client.readContract({
      ...{ address: market, abi: decoMarketAbi, functionName: "earningsOf", args: [token, 1] },
    });
    const paid = report.tokens.reduce((sum, each) => sum + each.paid, 0n);
    expect(paid + report.bounties).toBe(earnings);
  });

  describe.each([
    ["its circuit", "cubic", () => governance().tombstone("cubic")],
    ["the whole policy", "sum-of-squares", () => governance().tombstonePolicy()],
  ] as const)("when governance removes %s while it holds the seat", (_, name, remove) => {
    it("stops proving, and leaves at once and unpunished", async () => {
      const gate = Promise.withResolvers<void>();
      allowed = gate.promise;
      const signals = name === "cubic" ? KNOWN : { n: "9", salt: "3312345678901234567890" };
      const windows = { commitWindow: 120, revealWindow: 60 };
      const task = await post(name, signals, name === "cubic" ? {} : signals, windows);
      const found = (event: string) => async () => {
        const events = await network.events(task);
        return events.find(({ eventName }) => eventName === event) && events;
      };
      await network.until(found("SeatTaken"), 60);
      await remove();
      // Long before the time to prove is over, and to rescue.
      const ended = await network.until(found("TaskEnded"), 60);
      gate.resolve();
      expect(ended.map(({ eventName }) => eventName)).not.toContain("SeatAbstained");
      const seat = ended.find(({ eventName }) => eventName === "SeatEnded");
      expect(seat?.args).toMatchObject({ provider: 1, outcome: RELEASED, paid: 0n, slashed: 0n });
      const end = ended.find(({ eventName }) => eventName === "TaskEnded");
      expect(end?.args).toMatchObject({ reason: POLICY_REMOVED });
    }, 180_000);
  });

  /** What governance does; in a local network its key is the deployer's. */
  function governance() {
    const { deployer, rpcUrl, addresses } = network.devnet;
    const account = privateKeyToAccount(deployer.privateKey);
    const wallet = createWalletClient({ account, transport: http(rpcUrl) });
    return {
      tombstone: (name: string) =>
        wallet.writeContract({
          ...{ chain: null, address: policy, abi: zkPolicyAbi, functionName: "tombstone" },
          args: [(circuits.get(name) as PreparedCircuit).id],
        }),
      tombstonePolicy: () =>
        wallet.writeContract({
          ...{ chain: null, address: addresses.parameters, abi: decoParametersAbi },
          ...{ functionName: "tombstonePolicy", args: [policy] },
        }),
    };
  }
});

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
