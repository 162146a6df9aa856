import { randomBytes } from "node:crypto";
import { access, copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Transcript } from "@deco-network/circuits";
import { curves, plonk, powersOfTau, zKey } from "snarkjs";

import { projectRoot } from "../lib/project.ts";
import { ToolError } from "../lib/tool-error.ts";
import {
  keyFiles,
  keysFolder,
  LARGEST_PREPARED,
  powersFile,
  publishedCircuits,
} from "./circuits.ts";
import { compileCircuit } from "./compile.ts";
import { fileDigest, writeHashes } from "./hashes.ts";
import { assertContributed } from "./key-checks.ts";

/** 2^10 iterations of SHA-256 on a beacon. */
const BEACON_ITERATIONS = 10;

const transcriptFile = join(keysFolder, "transcript.json");
const cacheFolder = join(projectRoot, "cache", "circuits");
const NOTHING: Transcript = { powers: [], circuits: [] };

export async function readTranscript(): Promise<Transcript> {
  return JSON.parse(await readFile(transcriptFile, "utf8")) as Transcript;
}

async function writeTranscript(transcript: Transcript): Promise<void> {
  await writeFile(transcriptFile, `${JSON.stringify(transcript, null, 2)}\n`);
}

/** What a ceremony makes, and by whom. */
export interface CeremonyPlan {
  /** Randomness that nobody could know before the last contribution, 32 bytes in hexadecimal. */
  readonly beacon: string;
  readonly contributors: readonly string[];
  /** Circuits that get new keys; their powers of tau are kept where they are published. Without it everything is made anew. */
  readonly circuits?: readonly string[] | undefined;
}

/**
 * Makes keys, in one process: powers of tau, and for each Groth16 circuit a second phase, each with two contributions of fresh
 * randomness and a beacon. One process that forgets its randomness is as good as one honest party; for keys that others are to trust,
 * let other parties contribute too (`contribute`, between the contributions and the beacon).
 */
export async function holdCeremony(
  { beacon, contributors, circuits: names }: CeremonyPlan,
  work: string,
  say: (line: string) => void,
): Promise<void> {
  if (!/^[0-9a-f]{64}$/.test(beacon) || contributors.length < 2) {
    throw new ToolError({
      code: "CEREMONY_INCOMPLETE",
      message: "A ceremony needs two contributors and a beacon of 64 hexadecimal digits.",
      remedy: "Name --contributor twice or more, and a --beacon that was published after them.",
    });
  }
  await mkdir(keysFolder, { recursive: true });
  const before = names === undefined ? NOTHING : await readTranscript();
  const chosen = publishedCircuits.filter(
    ({ name }) => names === undefined || names.includes(name),
  );
  const powers = [...before.powers];
  for (const power of new Set(chosen.map((circuit) => circuit.power))) {
    if (powers.some((made) => made.power === power)) continue;
    say(`powers of tau, 2^${power}`);
    await copyFile(await makePowers(power, beacon, contributors, work), powersFile(power));
    const sha256 = await fileDigest(powersFile(power));
    powers.push({ power, beacon, contributors, sha256 });
  }
  const circuits = new Map(before.circuits.map((circuit) => [circuit.name, circuit]));
  for (const circuit of chosen) {
    say(circuit.name);
    const ready = await preparedPowers(circuit.power);
    const { r1cs, wasm } = await compileCircuit(circuit, join(work, circuit.name));
    const files = keyFiles(circuit.name);
    await mkdir(files.folder, { recursive: true });
    if (circuit.system === "plonk") await plonk.setup(r1cs, ready, files.proving);
    else await secondPhase(r1cs, ready, files.proving, beacon, contributors, work);
    if (circuit.witness) await copyFile(wasm, files.witness);
    const key = await zKey.exportVerificationKey(files.proving);
    assertContributed(circuit.name, key);
    await writeFile(files.verification, `${JSON.stringify(key, null, 1)}\n`);
    circuits.set(circuit.name, {
      ...{ name: circuit.name, system: circuit.system },
      ...{ r1cs: await fileDigest(r1cs), witness: await fileDigest(wasm) },
      ...(circuit.system === "plonk" ? { contributors: [] } : { beacon, contributors }),
      provingKey: await fileDigest(files.proving),
    });
  }
  await writeTranscript({ powers, circuits: [...circuits.values()] });
  await writeHashes();
}

/** Powers of tau ready for a second phase: the published ones, or what they give, kept in the cache. */
export async function preparedPowers(power: number): Promise<string> {
  const published = powersFile(power);
  if (power <= LARGEST_PREPARED) return published;
  const ready = join(cacheFolder, `powers-${await fileDigest(published)}.ptau`);
  if (
    await access(ready).then(
      () => true,
      () => false,
    )
  )
    return ready;
  await mkdir(cacheFolder, { recursive: true });
  await powersOfTau.preparePhase2(published, `${ready}.partial`);
  await rename(`${ready}.partial`, ready);
  return ready;
}

/** Adds a contribution of this machine's randomness to somebody's phase-2 key. */
export async function contribute(from: string, to: string, name: string): Promise<void> {
  await zKey.contribute(from, to, name, entropy());
}

async function makePowers(
  power: number,
  beacon: string,
  contributors: readonly string[],
  work: string,
): Promise<string> {
  const file = (name: string) => join(work, `powers-${name}.ptau`);
  const curve = await curves.getCurveFromName("bn128");
  let last = file("0");
  await powersOfTau.newAccumulator(curve, power, last);
  for (const [index, name] of contributors.entries()) {
    const next = file(String(index + 1));
    await powersOfTau.contribute(last, next, name, entropy());
    last = next;
  }
  await powersOfTau.beacon(last, file("beacon"), "beacon", beacon, BEACON_ITERATIONS);
  if (power > LARGEST_PREPARED) return file("beacon");
  await powersOfTau.preparePhase2(file("beacon"), file("final"));
  return file("final");
}

async function secondPhase(
  r1cs: string,
  powers: string,
  to: string,
  beacon: string,
  contributors: readonly string[],
  work: string,
): Promise<void> {
  let last = join(work, "key-0.zkey");
  await zKey.newZKey(r1cs, powers, last);
  for (const [index, name] of contributors.entries()) {
    const next = join(work, `key-${index + 1}.zkey`);
    await contribute(last, next, name);
    await rm(last);
    last = next;
  }
  await zKey.beacon(last, to, "beacon", beacon, BEACON_ITERATIONS);
}

/** Never written anywhere: whoever knew what all contributors used could forge proofs. */
function entropy(): string {
  return randomBytes(64).toString("hex");
}
