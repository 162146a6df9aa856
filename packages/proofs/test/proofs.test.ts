import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { curves, groth16, plonk } from "snarkjs";
import { keccak256 } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { publishedCircuits } from "../../../scripts/circuits/circuits.ts";
import { projectRoot } from "../../../scripts/lib/project.ts";
import { rightSignals, type Signals } from "../../../test/support/circuit-signals.ts";
import { type PreparedCircuit, prepareCircuit } from "../../../test/support/zk-policy.ts";
import {
  bindingOf,
  circuitIdOf,
  type DecodedProof,
  decodeProof,
  encodeProof,
  KeyCache,
  parseVerificationKey,
  prove,
  splitInput,
  verifierCreationCode,
  verifyProof,
} from "../src/index.ts";

/** Generous: a busy machine proves the largest circuit in minutes. */
const LIMITS = { wallMillis: 300_000, memoryBytes: 2 ** 30 };
const BINDING = {
  taskId: keccak256("0x01"),
  provider: 3,
  chainId: 31_337,
  market: `0x${"ab".repeat(20)}`,
} as const;
const INPUTS = await rightSignals();
/** A signal of each beyond its range. */
const WRONG: Record<string, Signals> = {
  cubic: { x: String(2n ** 70n) },
  "sum-of-squares": { n: String(2n ** 40n) },
  "sum-of-squares-bag": { n: ["5", "0", "4294967296", "7"] },
  "digit-classifier": { image: Array.from({ length: 64 }, () => "8") },
};
/** Every bit of a proof in the night, a sample by day. */
const FLIPS = process.env["DECO_NIGHTLY"] === "1" ? 10_000 : 24;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

const soon = () => AbortSignal.timeout(LIMITS.wallMillis);
let folder: string;

beforeAll(async () => {
  await mkdir(join(projectRoot, "cache"), { recursive: true });
  const curve = await curves.getCurveFromName("bn128", { singleThread: true });
  Object.assign(globalThis, { curve_bn128: curve });
  folder = await mkdtemp(join(projectRoot, "cache", "proofs-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(publishedCircuits)("a proof of $name", ({ name, system }) => {
  let circuit: PreparedCircuit;
  let made: DecodedProof;

  beforeAll(async () => {
    circuit = await prepareCircuit(name, folder);
    made = await prove(circuit.files, INPUTS[name] ?? {}, BINDING, LIMITS, soon());
  }, 2 * LIMITS.wallMillis);

  it("verifies for its task and provider, and for no other", async () => {
    expect(await verifyProof(circuit.key, made, BINDING, soon())).toBe(true);
    for (const other of [
      { ...BINDING, taskId: keccak256("0x02") },
      { ...BINDING, provider: 4 },
      { ...BINDING, chainId: 1 },
      { ...BINDING, market: `0x${"ac".repeat(20)}` as const },
    ]) {
      expect(await verifyProof(circuit.key, made, other, soon())).toBe(false);
    }
  });

  it("keeps its meaning as bytes", () => {
    const rest = new TextEncoder().encode(',"deco":"input/1"}');
    const decoded = decodeProof(system, encodeProof(system, made, rest));
    expect(decoded.input).toBe(made.input);
    expect(encodeProof(system, decoded, rest)).toBe(encodeProof(system, made, rest));
    expect(() => decodeProof(system, "0x00")).toThrow(
      expect.objectContaining({ code: "proof-invalid" }),
    );
  });

  it("is of a key with an id and code that deploys", async () => {
    expect(circuit.id).toBe(circuitIdOf(circuit.key));
    expect(verifierCreationCode(circuit.key)).toMatch(/^0x60/);
  });

  it("is refused with any bit flipped, and when it is cut", { timeout: 3_600_000 }, async () => {
    const bytes = encodeProof(system, made, new Uint8Array());
    // What workers ask snarkjs, without a thread for each.
    const accepts = async (text: string): Promise<boolean> => {
      try {
        const { input, output, proof } = decodeProof(system, text as `0x${string}`);
        const signals = [input, output, bindingOf(BINDING)].map(String);
        const { verify } = system === "groth16" ? groth16 : plonk;
        return await verify(circuit.key.json, signals, proof, SILENT);
      } catch {
        return false;
      }
    };
    expect(await accepts(bytes)).toBe(true);
    const bits = (bytes.length - 2) * 4;
    const accepted: number[] = [];
    for (let i = 0; i < FLIPS; i++) {
      // Spread over the whole proof: the step is prime to its length. When every bit was flipped, two at once.
      const bit = (i * 6_007 + 131) % bits;
      const once = flipped(bytes, bit);
      // Never the same bit, which would be the proof again.
      const second = (bit + 1 + ((i * 31) % (bits - 1))) % bits;
      if (await accepts(i < bits ? once : flipped(once, second))) accepted.push(bit);
    }
    for (let cut = 2; cut < bytes.length; cut += 2 * 7) {
      if (await accepts(bytes.slice(0, cut))) accepted.push(-cut);
    }
    process.stderr.write(`${name}: ${FLIPS} of ${bits} bits flipped\n`);
    expect(accepted).toEqual([]);
  });

  it("is not made for a witness that the circuit refuses, nor beyond its time", async () => {
    const wrong = { ...INPUTS[name], ...WRONG[name] };
    expect(wrong).not.toEqual(INPUTS[name]);
    await expect(prove(circuit.files, wrong, BINDING, LIMITS, soon())).rejects.toMatchObject({
      code: "witness-refused",
    });
    await expect(
      prove(circuit.files, INPUTS[name] ?? {}, BINDING, { ...LIMITS, wallMillis: 1 }, soon()),
    ).rejects.toMatchObject({ code: "limit-exceeded" });
  });
});

describe("a malleated Groth16 proof", () => {
  it("is as good for the same statement, and for nothing else", async () => {
    const circuit = await prepareCircuit("sum-of-squares", folder);
    const inputs = INPUTS["sum-of-squares"] ?? {};
    const made = await prove(circuit.files, inputs, BINDING, LIMITS, soon());
    const other = { ...made, proof: negated(made.proof) };
    expect(await verifyProof(circuit.key, other, BINDING, soon())).toBe(true);
    expect(await verifyProof(circuit.key, other, { ...BINDING, provider: 9 }, soon())).toBe(false);
  });
});

describe("keys", () => {
  it("are refused when nobody contributed, or when they are none", async () => {
    const path = join(projectRoot, "circuits", "keys", "sum-of-squares", "verification-key.json");
    const key = JSON.parse(await readFile(path, "utf8"));
    const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value));
    const forgeable = bytes({ ...key, vk_delta_2: key.vk_gamma_2 });
    expect(() => parseVerificationKey(forgeable)).toThrow(
      expect.objectContaining({ code: "key-forgeable" }),
    );
    for (const wrong of [
      {},
      { ...key, nPublic: 4 },
      { ...key, IC: [] },
      { ...key, curve: "bls" },
    ]) {
      expect(() => parseVerificationKey(bytes(wrong))).toThrow(
        expect.objectContaining({ code: "key-invalid" }),
      );
    }
  });

  it("are read once for all who ask, and forgotten by size", async () => {
    const cache = new KeyCache(10);
    let loads = 0;
    const load = async () => {
      loads += 1;
      return new Uint8Array(6);
    };
    const [one, same] = await Promise.all([cache.get("a", load), cache.get("a", load)]);
    expect(one).toBe(same);
    expect(loads).toBe(1);
    await cache.get("b", load);
    expect(cache.bytes).toBe(6);
    await cache.get("a", load);
    expect(loads).toBe(3);
  });
});

describe("an input document", () => {
  it("is taken apart at its commitment", () => {
    const text = `{"commitment":"0x${"0".repeat(63)}7","deco":"input/1"}`;
    const { commitment, rest } = splitInput(new TextEncoder().encode(text));
    expect(commitment).toBe(7n);
    expect(new TextDecoder().decode(rest)).toBe(',"deco":"input/1"}');
    expect(() => splitInput(new TextEncoder().encode('{"deco":"input/1"}'))).toThrow(
      expect.objectContaining({ code: "input-invalid" }),
    );
  });
});

/** Hexadecimal text with one of its bits changed. */
function flipped(text: string, bit: number): string {
  const at = 2 + Math.floor(bit / 4);
  const digit = (Number.parseInt(text[at] ?? "0", 16) ^ (1 << (bit % 4))).toString(16);
  return `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
}

const BASE = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

function negated(proof: Record<string, unknown>): Record<string, unknown> {
  const minus = (text: string) => String((BASE - BigInt(text)) % BASE);
  const [ax = "", ay = "", az = ""] = proof["pi_a"] as string[];
  const [bx = [], by = [], bz = []] = proof["pi_b"] as string[][];
  return { ...proof, pi_a: [ax, minus(ay), az], pi_b: [bx, by.map(minus), bz] };
}
