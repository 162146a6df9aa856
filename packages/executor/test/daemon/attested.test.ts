import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  decodeAttestedProof,
  encodeAttestedProof,
  enrollKey,
  getEnrolment,
  isResultSigned,
  type KeyBinding,
  publishAcceptance,
  simulatedTpm,
} from "@deco-network/attest";
import { type AttestedContracts, deployAttested } from "@deco-network/devnet";
import { attestationRegistryAbi } from "@deco-network/sdk/abis/attestation-registry";
import { attestedPolicyAbi } from "@deco-network/sdk/abis/attested-policy";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import {
  createWalletClient,
  decodeFunctionData,
  encodeFunctionData,
  type Hash,
  type Hex,
  http,
  parseEther,
  sha256,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ActObserver, type Executor, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

const TERMS = { replicas: 1, maxReplicas: 1, minAgreeing: 1, commitWindow: 60 } as const;
const MEASUREMENT = sha256("0x01");

describe("an executor that signs with an attested key", () => {
  let network: TestNetwork;
  let executor: Executor;
  let folder: string;
  let contracts: AttestedContracts;
  let acceptance: Hash;
  let key: Hash;
  const reasons = new Map<Hash, string>();
  let point: { x: Hex; y: Hex };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-attested-"));
    network = await startNetwork(1, { accounts: 3 });
    const { devnet, providers } = network;
    const until = AbortSignal.timeout(60_000);
    contracts = await deployAttested(devnet.deployment, until);
    const provider = providers[0]?.id ?? 0;
    const binding: KeyBinding = { ...contracts, chainId: devnet.chainId, provider };
    const made = simulatedTpm(binding);
    point = made.evidence.key as typeof point;
    const file = join(folder, "attested.pem");
    await writeFile(file, made.key, { mode: 0o600 });
    const attester = privateKeyToAccount(devnet.accounts[2]?.privateKey ?? "0x");
    const client = createWalletClient({
      ...{ account: attester, transport: http(devnet.rpcUrl), pollingInterval: 50 },
    });
    const { timestamp } = await network.client.getBlock();
    const enrolled = await enrollKey(
      client,
      { ...contracts, token: devnet.addresses.token },
      {
        ...{ point, provider, measurement: MEASUREMENT, evidence: sha256("0x02"), kind: "tpm" },
        ...{ expiresAt: Number(timestamp) + 86_400, cover: parseEther("500") },
      },
    );
    key = enrolled.key;
    const attesters = [attester.address];
    acceptance = await publishAcceptance(client, contracts.policy, {
      ...{ kinds: ["tpm"], measurements: [MEASUREMENT], attesters, minAttesters: 1 },
    });
    await network.until(async () =>
      (await getEnrolment(client, contracts.registry, key))?.live ? true : undefined,
    );
    const attested = { policies: [contracts.policy], enrolment: key, key: { file } };
    const observer: ActObserver = {
      after(act) {
        if (act.kind !== "write") return;
        for (const each of act.transitions) {
          if (each.kind === "assignment-moved" && each.to === "lost" && each.reason) {
            reasons.set(each.key.task, each.reason);
          }
        }
      },
    };
    executor = await startExecutor(configOf(providers[0], { attested }), { observer });
    await network.dial(executor.endpoint);
  }, 120_000);
  afterAll(async () => {
    await executor?.stop();
    await network?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function settled(terms: object, items?: number) {
    const task = await network.post({
      ...(items !== undefined && { items }),
      terms: { ...TERMS, policy: contracts.policy, policyData: acceptance, ...terms },
    });
    const end = await network.until(async () => {
      const events = await network.events(task);
      return events.find(({ eventName }) => eventName === "TaskSettled");
    }, 60);
    if (end.eventName !== "TaskSettled") throw new TypeError(end.eventName);
    return { task, end };
  }

  it("settles a task by its signature, verified by the chain's precompile", async () => {
    const { task, end } = await settled({});
    const ends = (await network.events(task)).filter(({ eventName }) => eventName === "SeatEnded");
    expect(ends.map(({ args }) => "outcome" in args && args.outcome)).toEqual([1]);
    const { input } = await network.client.getTransaction({ hash: end.transactionHash });
    const call = decodeFunctionData({ abi: decoMarketAbi, data: input });
    if (call.functionName !== "prove") throw new TypeError(call.functionName);
    const [request, , , proof] = call.args;
    const shown = decodeAttestedProof(proof);
    expect(shown).toMatchObject({ key, environment: MEASUREMENT });
    if (!shown) throw new TypeError("no proof");
    const signed = { task, result: end.args.result, environment: shown.environment };
    expect(isResultSigned(signed, shown, point)).toBe(true);
    expect(isResultSigned({ ...signed, task: key }, shown, point)).toBe(false);

    // What the policy said, it says no more: the seat is over. As of the block before, only this proof holds.
    const context = {
      ...{ taskId: task, provider: 1, program: request.program, input: request.input },
      ...{ policyData: acceptance, volume: 1 },
    };
    const ask = (asked: Hex, of = context) =>
      network.client
        .readContract({
          ...{ address: contracts.policy, abi: attestedPolicyAbi, functionName: "verify" },
          ...{ args: [of, end.args.result, asked], blockNumber: end.blockNumber - 1n },
        })
        .catch(() => false);
    expect(await ask(proof)).toBe(true);
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const high = `0x${(order - BigInt(shown.s)).toString(16).padStart(64, "0")}` as const;
    expect(await ask(encodeAttestedProof({ ...shown, s: high }))).toBe(false);
    expect(isResultSigned(signed, { ...shown, s: high }, point)).toBe(false);
    expect(await ask(encodeAttestedProof({ ...shown, r: shown.s, s: shown.r }))).toBe(false);
    expect(await ask(proof, { ...context, provider: 2 })).toBe(false);
    expect(await ask(proof, { ...context, taskId: key })).toBe(false);
  }, 90_000);

  it("settles a bag by one signature over its root", async () => {
    const { end } = await settled({ volume: 3 }, 3);
    expect(BigInt(end.args.root)).not.toBe(0n);
  }, 90_000);

  it("takes no seat whose lock the attesters do not cover, nor once its key is revoked", async () => {
    const lost = async (terms: object, reason: string) => {
      const task = await network.post({
        terms: { ...TERMS, policy: contracts.policy, policyData: acceptance, ...terms },
      });
      const why = await network.until(async () => reasons.get(task), 20);
      expect(why).toBe(reason);
    };
    await lost({ lock: parseEther("501") }, "key-cover-exceeded");
    const data = encodeFunctionData({
      ...{ abi: attestationRegistryAbi, functionName: "revoke", args: [key] },
    });
    await network.send(1, contracts.registry, data);
    await lost({}, "key-not-live");
  }, 90_000);
});
