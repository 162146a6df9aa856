import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Devnet, startDevnet } from "@deco-network/devnet";
import {
  type bindingOf,
  encodeProof,
  FIELD,
  prove,
  provenResult,
  verifyProof,
} from "@deco-network/proofs";
import { documentDigest } from "@deco-network/sdk";
import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import { createClient, type Hex, http, keccak256, sha256, stringToHex } from "viem";
import { readContract } from "viem/actions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { publishedCircuits } from "../../scripts/circuits/circuits.ts";
import { projectRoot } from "../../scripts/lib/project.ts";
import { rightSignals } from "../support/circuit-signals.ts";
import { prepareCircuit } from "../support/zk-policy.ts";

const LIMITS = { wallMillis: 120_000, memoryBytes: 2 ** 30 };
const soon = () => AbortSignal.timeout(LIMITS.wallMillis);
const NIGHTLY = process.env["DECO_NIGHTLY"] === "1";
/** By day some of the bits and lengths, spread over the whole proof. */
const SAMPLE = 48;
/** Calls under way at once. */
const WIDTH = 16;
const PROVIDER = 7;
const TASK = keccak256("0x7a54");
const REST = ',"deco":"input/1"}';
/** One of each system: the verifiers of one system differ in numbers alone. */
const circuits = publishedCircuits.filter(({ verifier }) => verifier !== undefined);
/** Order of the field over which the curve's points are. */
const BASE = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** What the chain itself says of proofs that somebody has altered, by the policy and verifiers as they are deployed. */
describe("an altered proof on the chain", { timeout: 3_600_000 }, () => {
  let devnet: Devnet;
  let folder: string;
  let flips = 0;
  let cuts = 0;

  beforeAll(async () => {
    await mkdir(join(projectRoot, "cache"), { recursive: true });
    folder = await mkdtemp(join(projectRoot, "cache", "altered-"));
    devnet = await startDevnet({ zk: true, accounts: 1 });
  });
  afterAll(async () => {
    await devnet?.stop();
    await rm(folder, { recursive: true, force: true });
    process.stderr.write(`altered proofs: ${flips} flips and ${cuts} truncations refused\n`);
  });

  describe.each(circuits)("of $name", ({ name, system }) => {
    let genuine: Hex;
    let accepts: (proof: Hex, changes?: { provider?: number; taskId?: Hex }) => Promise<boolean>;
    let made: Awaited<ReturnType<typeof prove>>;
    let key: Awaited<ReturnType<typeof prepareCircuit>>["key"];
    let binding: Parameters<typeof bindingOf>[0];

    beforeAll(async () => {
      const policy = devnet.zkPolicy ?? expect.unreachable("no policy");
      const circuit = await prepareCircuit(name, folder);
      const signals = (await rightSignals())[name] ?? {};
      const { chainId, addresses } = devnet;
      key = circuit.key;
      binding = { taskId: TASK, provider: PROVIDER, chainId, market: addresses.market };
      made = await prove(circuit.files, signals, binding, LIMITS, soon());
      genuine = encodeProof(system, made, new TextEncoder().encode(REST));
      const commitment = `0x${made.input.toString(16).padStart(64, "0")}`;
      const context = {
        ...{ taskId: TASK, provider: PROVIDER, volume: 1, policyData: circuit.id },
        ...{ program: TASK, input: sha256(stringToHex(`{"commitment":"${commitment}"${REST}`)) },
      };
      const result = documentDigest(provenResult(made.output));
      const client = createClient({ transport: http(devnet.rpcUrl) });
      accepts = async (proof, changes = {}) => {
        try {
          return await readContract(client, {
            ...{ address: policy, abi: zkPolicyAbi, functionName: "verify", gas: 2_000_000n },
            args: [{ ...context, ...changes }, result, proof],
          });
        } catch (error) {
          // A revert is a no; a node that does not answer is none.
          expect((error as Error).name).toBe("ContractFunctionExecutionError");
          return false;
        }
      };
    }, 600_000);

    it("is refused with any bit flipped, and cut anywhere", async () => {
      expect(await accepts(genuine)).toBe(true);
      const bits = (genuine.length - 2) * 4;
      const bytes = bits / 8;
      const flipped = chosen(bits).map((bit) => ({
        what: `bit ${bit}`,
        proof: flip(genuine, bit),
      }));
      const cut = chosen(bytes).map((length) => ({
        ...{ what: `${length} bytes`, proof: genuine.slice(0, 2 + 2 * length) as Hex },
      }));
      const accepted: string[] = [];
      await inParallel([...flipped, ...cut], async ({ what, proof }) => {
        if (await accepts(proof)) accepted.push(what);
      });
      expect(accepted).toEqual([]);
      flips += flipped.length;
      cuts += cut.length;
      if (NIGHTLY) expect([flipped.length, cut.length]).toEqual([bits, bytes]);
    });

    it("is worth nothing for another task or provider, nor under another name of a signal", async () => {
      expect(await accepts(genuine, { provider: PROVIDER + 1 })).toBe(false);
      expect(await accepts(genuine, { taskId: keccak256("0x02") })).toBe(false);
      // The same number in the field, and another word: the contract and this library refuse it alike.
      for (const alias of [
        { ...made, input: made.input + FIELD },
        { ...made, output: made.output + FIELD },
      ]) {
        expect(await verifyProof(key, { ...made, ...alias }, binding, soon())).toBe(false);
        const words = [alias.input, alias.output].map((word) =>
          word.toString(16).padStart(64, "0"),
        );
        expect(await accepts(`0x${words.join("")}${genuine.slice(2 + 128)}`)).toBe(false);
      }
    });

    it.runIf(system === "groth16")(
      "is taken as (-A, -B, C), for the same provider and task alone",
      async () => {
        // Words 3 and 6, 7 hold the ordinates of A and B, after the two signals.
        const negated = [3, 6, 7].reduce<string>((text, word) => {
          const at = 2 + 64 * word;
          const ordinate = BASE - BigInt(`0x${text.slice(at, at + 64)}`);
          return text.slice(0, at) + ordinate.toString(16).padStart(64, "0") + text.slice(at + 64);
        }, genuine) as Hex;
        expect(await accepts(negated)).toBe(true);
        expect(await accepts(negated, { provider: PROVIDER + 1 })).toBe(false);
      },
    );
  });
});

/** All numbers below a count at night, some by day, always the first and the last. */
function chosen(count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  const step = Math.ceil(count / SAMPLE);
  return NIGHTLY ? all : all.filter((index) => index % step === 0 || index === count - 1);
}

function flip(proof: Hex, bit: number): Hex {
  const at = 2 + Math.floor(bit / 4);
  const digit = (Number.parseInt(proof[at] ?? "0", 16) ^ (1 << (bit % 4))).toString(16);
  return `${proof.slice(0, at)}${digit}${proof.slice(at + 1)}` as Hex;
}

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = all.values();
  const lane = async () => {
    for (const one of waiting) await work(one);
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
}
