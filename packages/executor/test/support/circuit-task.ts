import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commitmentsOf, commitmentText } from "@deco-network/proofs";
import {
  encodeDocument,
  inputSchema,
  type ProgramDocument,
  programSchema,
  type Request,
} from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Address } from "viem";

import type { PreparedCircuit } from "../../../../test/support/zk-policy.ts";

export const PROVING_LIMITS = { wallMillis: 60_000, memoryBytes: 2 ** 30 };
const PROGRAM: Omit<Extract<ProgramDocument, { engine: "circuit" }>, "circuit"> = {
  ...{ deco: "program/1", engine: "circuit", command: [], env: {} },
  limits: { memoryBytes: 2 ** 29, outputBytes: 0, stdoutBytes: 0, wallSeconds: 60 },
  ...{ network: "none", stdout: false },
};

/**
 * Publishes a circuit with an input that commits to signals; those of `given` go with it.
 * @param folder where it may write
 * @returns what of a request names it
 */
export async function publishCircuit(
  storage: Storage,
  { policy, circuit }: { readonly policy: Address; readonly circuit: PreparedCircuit },
  signals: Record<string, string>,
  given: object,
  folder: string,
): Promise<Pick<Request, "policy" | "policyData" | "program" | "input">> {
  const visibility = "public" as const;
  const artefact = join(folder, `${circuit.id}-artefact`);
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
  const inputs = join(folder, `${circuit.id}-input`);
  await mkdir(inputs, { recursive: true });
  await writeFile(join(inputs, "signals.json"), JSON.stringify(given));
  const files = (await storage.addFolder(inputs, { visibility })).cid;
  const until = AbortSignal.timeout(PROVING_LIMITS.wallMillis);
  const { input } = await commitmentsOf(circuit.files, signals, PROVING_LIMITS, until);
  const commitment = commitmentText(input);
  const add = async (bytes: Uint8Array) =>
    (await storage.addDocument(bytes, { visibility })).digest;
  return {
    ...{ policy, policyData: circuit.id },
    program: await add(encodeDocument(programSchema, document)),
    input: await add(encodeDocument(inputSchema, { deco: "input/1", commitment, files })),
  };
}
