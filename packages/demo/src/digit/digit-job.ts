import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { digits } from "@deco-network/examples";
import { circuitIdOf, commitmentText, parseVerificationKey } from "@deco-network/proofs";
import type { JobDraft } from "@deco-network/requester";
import type { ProgramDraft } from "@deco-network/sdk";
import type { Hex } from "viem";

/** The circuit's key, by which a proof is judged, and its id. */
export interface DigitCircuit {
  readonly id: Hex;
  readonly verificationKey: Uint8Array;
}

const LIMITS = { memoryBytes: 2 ** 30, outputBytes: 0, stdoutBytes: 0, wallSeconds: 120 };

export async function digitCircuit(): Promise<DigitCircuit> {
  const verificationKey = await readFile(new URL("verification-key.json", digits.keysFolder));
  return { verificationKey, id: circuitIdOf(parseVerificationKey(verificationKey)) };
}

/** Puts the model where only its owner's executor finds it; returns what the owner publishes of it. */
export async function keepModel(folder: string, circuit: Hex): Promise<bigint> {
  const model = await digits.loadModel();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const signals = JSON.stringify(digits.modelSignals(model));
  await writeFile(join(folder, `${circuit}.json`), signals, { mode: 0o600 });
  return digits.commitModel(model);
}

/**
 * The reading of a digit as a job. The image goes to the prover as a plain file: whoever fetches the input sees it.
 * @param model its commitment, which is all that the requester has of it
 */
export function digitDraft(model: bigint, image: digits.DigitImage): JobDraft {
  const salt = BigInt(`0x${randomBytes(31).toString("hex")}`);
  const signals = JSON.stringify(digits.imageSignals(image, salt));
  const keys = fileURLToPath(digits.keysFolder);
  const draft: ProgramDraft = {
    deco: "program/1",
    engine: "circuit",
    circuit: { folder: "keys" },
    limits: LIMITS,
  };
  return {
    program: { kind: "draft", draft, keys },
    files: { kind: "files", files: new Map([["signals.json", new TextEncoder().encode(signals)]]) },
    commitment: commitmentText(digits.commitImage(model, image, salt)),
  };
}
