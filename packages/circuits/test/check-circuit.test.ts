import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { circuitIdOf, parseVerificationKey } from "@deco-network/proofs";
import { openStorage } from "@deco-network/storage";
import { curves, zKey } from "snarkjs";
import { beforeAll, describe, expect, it } from "vitest";

import { keyFiles, powersFile } from "../../../scripts/circuits/circuits.ts";
import { compileCircuit } from "../../../scripts/circuits/compile.ts";
import { fileDigest } from "../../../scripts/circuits/hashes.ts";
import { projectRoot } from "../../../scripts/lib/project.ts";
import {
  type CircuitFindings,
  checkLocalCircuit,
  checkPublishedCircuit,
  fetchCircuit,
  inWorkplace,
  isSound,
  loadCircuit,
  publishCircuit,
  readCircuit,
  sinkOf,
  trustedOf,
  type Workplace,
} from "../src/index.ts";

const LIMITS = { wallMillis: 600_000, memoryBytes: 2 ** 30 };
const soon = () => AbortSignal.timeout(LIMITS.wallMillis);
const fileOf = (name: string) => join(projectRoot, "circuits", "main", `${name}.json`);

/** Checks a circuit of this repository after something was done to its files. */
async function checked(
  name: string,
  alter: (place: Workplace) => Promise<void> = async () => undefined,
): Promise<CircuitFindings> {
  return await inWorkplace(async (place) => {
    const draft = await loadCircuit(fileOf(name), place);
    await alter(place);
    return await checkLocalCircuit(place, draft, { ...LIMITS, signal: soon() });
  });
}

/** Names of the checks that did not pass. */
function red({ checks }: CircuitFindings): string[] {
  return checks.filter(({ status }) => status !== "passed").map(({ name }) => name);
}

/** One bit of a file, somewhere in its middle. */
async function flip(path: string, at: (size: number) => number): Promise<void> {
  const bytes = await readFile(path);
  const place = at(bytes.length);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(path, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(path, after);
}

const edited = (path: string, change: (json: Record<string, unknown>) => void) =>
  edit(path, (text) => {
    const json = JSON.parse(text);
    change(json);
    return JSON.stringify(json);
  });

describe("checking a circuit", { timeout: 600_000 }, () => {
  it.each(["sum-of-squares", "cubic"])("finds %s sound, and says what is trusted", async (name) => {
    const found = await checked(name);
    expect(red(found)).toEqual([]);
    expect(isSound(found.checks)).toBe(true);
    const key = parseVerificationKey(await readFile(keyFiles(name).verification));
    expect(found).toMatchObject({ circuit: circuitIdOf(key), system: key.system });
    const trusted = trustedOf(found).join("\n");
    expect(trusted).toContain("circom 2.2.3");
    expect(trusted.includes("contributors to the key")).toBe(key.system === "groth16");
    const told = found.checks.find((check) => check.name === "contributions")?.detail;
    expect(told).toMatch(key.system === "groth16" ? /first, second, then the beacon/ : /PLONK/);
  });

  it("refuses another source", async () => {
    const found = await checked("sum-of-squares", ({ source }) =>
      edit(join(source, "sum-of-squares.circom"), (text) => text.replaceAll("32", "31")),
    );
    expect(red(found)).toEqual(expect.arrayContaining(["constraints", "proving-key"]));
    expect(found.checks[0]?.detail).toContain("the transcript's");
  });

  it("refuses a source that does not compile, in circom's words", async () => {
    const found = await checked("cubic", ({ source }) =>
      edit(join(source, "cubic.circom"), (text) => text.replace("signal", "sgnal")),
    );
    expect(red(found)).toContain("constraints");
    expect(found.checks[0]?.detail).toMatch(/circom refuses main\/cubic\.circom: .*error/s);
  });

  it("refuses a Groth16 key with one bit changed", async () => {
    const found = await checked("sum-of-squares", ({ keys }) =>
      flip(join(keys, "proving.zkey"), (size) => Math.floor(size / 2)),
    );
    expect(red(found)).toContain("proving-key");
  });

  it("refuses a PLONK key with one bit changed", async () => {
    const found = await checked("cubic", ({ keys }) =>
      flip(join(keys, "proving.zkey"), (size) => Math.floor(size / 2)),
    );
    expect(red(found)).toContain("proving-key");
  });

  it("refuses another witness generator, verification key or beacon, each for itself", async () => {
    const { witness } = keyFiles("digit-classifier");
    const found = await checked("sum-of-squares", async ({ keys, transcript }) => {
      await writeFile(join(keys, "witness.wasm"), await readFile(witness));
      await edited(join(keys, "verification-key.json"), (key) => {
        (key["IC"] as unknown[]).reverse();
      });
      await edited(transcript, (told) => {
        const circuits = told["circuits"] as { name: string; beacon: string }[];
        const one = circuits.find(({ name }) => name === "sum-of-squares");
        if (one) one.beacon = "00".repeat(32);
      });
    });
    expect(red(found)).toEqual(["witness-generator", "contributions", "verification-key"]);
  });

  it("refuses powers that do not prove their contributions, though the transcript names them", async () => {
    const found = await checked("cubic", async ({ powers, transcript }) => {
      await flip(powers, (size) => Math.floor(size / 2));
      const sha256 = await fileDigest(powers);
      await edited(transcript, (told) => {
        const all = told["powers"] as { power: number; sha256: string }[];
        const one = all.find(({ power }) => power === 10);
        if (one) one.sha256 = sha256;
      });
    });
    expect(red(found)).toEqual(["powers-of-tau", "proving-key"]);
  });

  it("refuses a key to which nobody contributed: its gamma is its delta", async () => {
    const curve = await curves.getCurveFromName("bn128", { singleThread: true });
    Object.assign(globalThis, { curve_bn128: curve });
    const found = await checked("sum-of-squares", async ({ keys, transcript }) => {
      const folder = join(projectRoot, "cache", "forgeable");
      const { r1cs } = await compileCircuit({ name: "sum-of-squares", optimisation: "O2" }, folder);
      const proving = join(keys, "proving.zkey");
      await rm(proving);
      await zKey.newZKey(r1cs, powersFile(10), proving);
      await rm(folder, { recursive: true });
      const key = await zKey.exportVerificationKey(proving);
      await writeFile(join(keys, "verification-key.json"), JSON.stringify(key));
      expect(key["vk_gamma_2"]).toEqual(key["vk_delta_2"]);
      const sha256 = await fileDigest(proving);
      // Whoever publishes it writes a transcript that fits.
      await edited(transcript, (told) => {
        const all = told["circuits"] as Record<string, unknown>[];
        const one = all.find(({ name }) => name === "sum-of-squares") ?? {};
        Object.assign(one, { contributors: [], provingKey: sha256 });
        delete one["beacon"];
      });
    });
    expect(red(found)).toEqual(expect.arrayContaining(["key-contributed", "circuit-id"]));
    const why = found.checks.find(({ name }) => name === "key-contributed")?.detail;
    expect(why).toContain("gamma equals its delta");
  });

  it("ends when its time is over", async () => {
    const late = inWorkplace(async (place) => {
      const draft = await loadCircuit(fileOf("cubic"), place);
      const options = { ...LIMITS, wallMillis: 50, signal: soon() };
      return await checkLocalCircuit(place, draft, options);
    });
    await expect(late).rejects.toMatchObject({ code: "limit-exceeded" });
  });
});

describe("a published circuit", { timeout: 600_000 }, () => {
  let storage: Awaited<ReturnType<typeof openStorage>>;
  beforeAll(async () => {
    storage = await openStorage({ peerToPeer: false });
    return () => storage.close();
  });

  it("is fetched by its digest alone, and checked as its document says", async () => {
    const published = await inWorkplace(async (place) => {
      const draft = await loadCircuit(fileOf("cubic"), place);
      const findings = await checkLocalCircuit(place, draft, { ...LIMITS, signal: soon() });
      return await publishCircuit(sinkOf(storage, soon()), place, draft, findings);
    });
    const document = await readCircuit(storage, published.cid, soon());
    expect(document).toEqual(published.document);
    const check = (changes: object) =>
      inWorkplace(async (place) => {
        await fetchCircuit(storage, document, place, soon());
        const asked = { ...document, ...changes };
        return await checkPublishedCircuit(place, asked, { ...LIMITS, signal: soon() });
      });
    expect(red(await check({}))).toEqual([]);
    const lies = {
      ...{ circuit: `0x${"5e".repeat(32)}`, system: "groth16" },
      compiler: { circom: "2.1.9", optimisation: "O1" },
    };
    const refused = red(await check(lies));
    expect(refused).toEqual(expect.arrayContaining(["constraints", "circuit-id"]));
  });

  it("is no other document", async () => {
    const bytes = new TextEncoder().encode('{"deco":"input/1"}');
    const { cid } = await storage.addDocument(bytes, { visibility: "public" });
    await expect(readCircuit(storage, cid, soon())).rejects.toMatchObject({
      code: "circuit-document-invalid",
    });
  });
});
