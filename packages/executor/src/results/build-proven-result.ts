import {
  encodeProof,
  type MadeProof,
  type ProofSystem,
  provenResult,
  splitInput,
} from "@deco-network/proofs";
import { encodeDocument, type InputDocument, inputSchema } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Hash, Hex } from "viem";

/**
 * Stores the result document that a proof shows, privately.
 * @returns its digest, and the proof as the policy takes it
 */
export async function buildProvenResult(
  storage: Storage,
  input: InputDocument,
  { system, ...made }: MadeProof & { readonly system: ProofSystem },
  signal: AbortSignal,
): Promise<{ readonly digest: Hash; readonly proof: Hex }> {
  // Canonical: the same bytes as those that the task names.
  const { rest } = splitInput(encodeDocument(inputSchema, input));
  const document = provenResult(made.output);
  const { digest } = await storage.addDocument(document, { visibility: "private", signal });
  return { digest, proof: encodeProof(system, made, rest) };
}
