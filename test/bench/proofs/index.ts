import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PreparedProgram } from "@deco-network/executor";
import { createCircuitEngine } from "@deco-network/executor/circuit";
import { commitmentsOf, decodeProof, encodeProof, verifyProof } from "@deco-network/proofs";
import { keccak256 } from "viem";

import { publishedCircuits } from "../../../scripts/circuits/circuits.ts";
import { projectRoot } from "../../../scripts/lib/project.ts";
import { runProcess } from "../../../scripts/lib/run-process.ts";
import { Constraints } from "../../circuits/support/constraints.ts";
import { rightSignals, type Signals } from "../../support/circuit-signals.ts";
import { type PreparedCircuit, prepareCircuit } from "../../support/zk-policy.ts";
import { type Figure, median, timed } from "../figures.ts";

const RUNS = 5;
const BARE = fileURLToPath(new URL("bare.ts", import.meta.url));
const LIMITS = { wallMillis: 600_000, memoryBytes: 2 ** 30 };
const MARKET = `0x${"dec0".repeat(10)}` as const;
const BINDING = {
  taskId: keccak256("0x7a54"),
  ...{ provider: 7, chainId: 31_337, market: MARKET },
} as const;

/** Proving, verifying and memory of each published circuit, by its number of constraints. */
export const proofBenchmarks: Readonly<Record<string, () => Promise<Figure[]>>> =
  Object.fromEntries(publishedCircuits.map(({ name }) => [name, () => measured(name)]));

async function measured(name: string): Promise<Figure[]> {
  await mkdir(join(projectRoot, "cache"), { recursive: true });
  // Below the root: the compiler sees no other folder.
  const folder = await mkdtemp(join(projectRoot, "cache", "bench-"));
  try {
    const circuit = await prepareCircuit(name, folder);
    const signals = (await rightSignals())[name];
    if (signals === undefined) throw new RangeError(`${name} has no signals here.`);
    const { all } = await Constraints.read(join(folder, name, `${name}.r1cs`));
    return await compare(name, all.length, circuit, signals, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare(
  name: string,
  constraints: number,
  circuit: PreparedCircuit,
  signals: Signals,
  folder: string,
): Promise<Figure[]> {
  const prepared = await prepare(circuit, signals, folder);
  const ours: number[] = [];
  const bare: { readonly millis: number; readonly megabytes: number }[] = [];
  let proof: ReturnType<typeof decodeProof> | undefined;
  for (let run = 0; run < RUNS; run++) {
    ours.push(
      await timed(async () => {
        const spec = { binding: BINDING, outputFolder: folder };
        const execution = await prepared.run(spec, new AbortController().signal);
        if (execution.kind !== "completed" || !execution.proven) throw new RangeError("No proof.");
        const { system } = circuit.files;
        proof = decodeProof(system, encodeProof(system, execution.proven, new Uint8Array()));
      }),
    );
    bare.push(await byItself(circuit, signals, folder));
  }
  await prepared.close();
  const shown = proof;
  if (shown === undefined) throw new RangeError("No proof.");
  const verifying = await timed(async () => {
    const valid = await verifyProof(circuit.key, shown, BINDING, new AbortController().signal);
    if (!valid) throw new RangeError("The proof does not verify.");
  });
  const [engine, alone] = [median(ours), median(bare.map(({ millis }) => millis))];
  const of = `${constraints} constraints, ${circuit.key.system}, ${RUNS} runs in turns`;
  return [
    { name: `${name}: proven`, value: engine, unit: "ms", of },
    {
      ...{ name: `${name}: over snarkjs bare`, value: engine / alone, unit: "ratio" },
      ...{ goal: { most: 1.1 }, of: `${engine.toFixed(0)} ms over ${alone} ms` },
    },
    { name: `${name}: verified`, value: verifying, unit: "ms", of: "off-chain, in a new worker" },
    {
      ...{ name: `${name}: memory`, value: median(bare.map(({ megabytes }) => megabytes)) },
      ...{ unit: "MB", of: "most that snarkjs bare had" },
    },
  ];
}

/** As an executor does before it claims: afterwards keys are in memory. */
async function prepare(
  circuit: PreparedCircuit,
  signals: Signals,
  folder: string,
): Promise<PreparedProgram> {
  const [keys, inputFolder] = [join(folder, "keys"), join(folder, "in")];
  await mkdir(keys);
  await mkdir(inputFolder);
  await copyFile(circuit.paths.verification, join(keys, "verification-key.json"));
  await copyFile(circuit.paths.proving, join(keys, "proving.zkey"));
  await copyFile(circuit.paths.witness, join(keys, "witness.wasm"));
  await writeFile(join(inputFolder, "signals.json"), JSON.stringify(signals));
  const until = AbortSignal.timeout(LIMITS.wallMillis);
  const { input } = await commitmentsOf(circuit.files, { ...signals }, LIMITS, until);
  const limits = { memoryBytes: 2 ** 30, outputBytes: 0, stdoutBytes: 0, wallSeconds: 600 };
  return await createCircuitEngine({ keyCacheBytes: 2 ** 28 }).prepare(
    {
      program: {
        ...{ deco: "program/1", engine: "circuit", command: [], env: {}, limits },
        ...{ network: "none", stdout: false, circuit: ANY_CID },
      },
      ...{ artifactPath: keys, inputFolder, workFolder: folder },
      statement: { circuit: circuit.id, input },
    },
    until,
  );
}

/** Where the keys are stored does not matter to the engine. */
const ANY_CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

async function byItself({ paths, key }: PreparedCircuit, signals: Signals, folder: string) {
  const file = join(folder, "bare.json");
  await writeFile(file, JSON.stringify({ ...signals, binding: "1" }));
  const args = [BARE, key.system, paths.witness, paths.proving, file];
  const { code, stdout, stderr } = await runProcess(process.execPath, args, { cwd: projectRoot });
  if (code !== 0) throw new RangeError(stderr);
  return JSON.parse(stdout) as { millis: number; megabytes: number };
}
