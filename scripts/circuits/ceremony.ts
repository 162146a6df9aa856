import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { curves, plonk, powersOfTau, zKey } from "snarkjs";

import { ToolError } from "../lib/tool-error.ts";
import { keyFiles, keysFolder, POWER, powersFile, publishedCircuits } from "./circuits.ts";
import { compileCircuit } from "./compile.ts";
import { fileDigest, writeHashes } from "./hashes.ts";
import { assertContributed } from "./key-checks.ts";

/** 2^10 iterations of SHA-256 on a beacon. */
const BEACON_ITERATIONS = 10;

/** What the ceremony did, for whoever checks it. */
export interface Transcript {
  readonly beacon: string;
  readonly powers: {
    readonly power: number;
    readonly contributors: readonly string[];
    sha256: string;
  };
  readonly circuits: ReadonlyArray<{
    readonly name: string;
    readonly system: string;
    /** SHA-256 of the constraints and of the witness generator, which the compiler makes anew from the source. */
    readonly r1cs: string;
    readonly witness: string;
    readonly contributors: readonly string[];
    readonly provingKey: string;
  }>;
}

const transcriptFile = join(keysFolder, "transcript.json");

export async function readTranscript(): Promise<Transcript> {
  return JSON.parse(await readFile(transcriptFile, "utf8")) as Transcript;
}

/**
 * Makes all keys anew, in one process: powers of tau, and for each Groth16 circuit a second phase, each with two contributions of fresh
 * randomness and a beacon. One process that forgets its randomness is as good as one honest party; for keys that others are to trust,
 * let other parties contribute too (`contribute`, between the contributions and the beacon).
 * @param beacon Randomness that nobody could know before the last contribution, 32 bytes in hexadecimal.
 */
export async function holdCeremony(
  beacon: string,
  contributors: readonly string[],
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
  say("powers of tau");
  const powers = await makePowers(beacon, contributors, work);
  await copyFile(powers, powersFile);
  const circuits: Transcript["circuits"][number][] = [];
  for (const circuit of publishedCircuits) {
    say(circuit.name);
    const { r1cs, wasm } = await compileCircuit(circuit, join(work, circuit.name));
    const files = keyFiles(circuit.name);
    await mkdir(files.folder, { recursive: true });
    if (circuit.system === "plonk") await plonk.setup(r1cs, powers, files.proving);
    else await secondPhase(r1cs, powers, files.proving, beacon, contributors, work);
    const key = await zKey.exportVerificationKey(files.proving);
    assertContributed(circuit.name, key);
    await writeFile(files.verification, `${JSON.stringify(key, null, 1)}\n`);
    circuits.push({
      ...{ name: circuit.name, system: circuit.system },
      ...{ r1cs: await fileDigest(r1cs), witness: await fileDigest(wasm) },
      contributors: circuit.system === "plonk" ? [] : contributors,
      provingKey: await fileDigest(files.proving),
    });
  }
  const transcript: Transcript = {
    beacon,
    powers: { power: POWER, contributors, sha256: await fileDigest(powersFile) },
    circuits,
  };
  await writeFile(transcriptFile, `${JSON.stringify(transcript, null, 2)}\n`);
  await writeHashes();
}

/** Adds a contribution of this machine's randomness to somebody's phase-2 key. */
export async function contribute(from: string, to: string, name: string): Promise<void> {
  await zKey.contribute(from, to, name, entropy());
}

async function makePowers(
  beacon: string,
  contributors: readonly string[],
  work: string,
): Promise<string> {
  const file = (name: string) => join(work, `powers-${name}.ptau`);
  const curve = await curves.getCurveFromName("bn128");
  let last = file("0");
  await powersOfTau.newAccumulator(curve, POWER, last);
  for (const [index, name] of contributors.entries()) {
    const next = file(String(index + 1));
    await powersOfTau.contribute(last, next, name, entropy());
    last = next;
  }
  await powersOfTau.beacon(last, file("beacon"), "beacon", beacon, BEACON_ITERATIONS);
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
