import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ProofReader } from "@deco-network/audit";
import { decodeDocument, programSchema } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Address } from "viem";

/** Keys larger than this are not fetched to check a proof. */
const MAX_KEY_BYTES = 2 ** 30;

/** Verifies proofs again: the circuit's key from the program, whatever the policy said. */
export function proofReader(
  storage: Storage,
  { chainId, market }: { readonly chainId: number; readonly market: Address },
  signal: AbortSignal,
): ProofReader {
  return {
    async refute({ taskId, request, provider, result, proof }) {
      const program = decodeDocument(
        programSchema,
        await storage.getDocument(request.program, { signal }),
      );
      if (program.engine !== "circuit") return "the program is no circuit";
      const input = await storage.getDocument(request.input, { signal });
      const folder = await mkdtemp(join(tmpdir(), "deco-keys-"));
      try {
        const keys = join(folder, "keys");
        await storage.downloadFolder(program.circuit, keys, { maxBytes: MAX_KEY_BYTES, signal });
        const verificationKey = await readFile(join(keys, "verification-key.json"));
        // snarkjs is loaded only where there is a proof.
        const { refuteProof } = await import("@deco-network/proofs");
        return await refuteProof(
          {
            ...{ verificationKey, input, result, proof, circuit: request.policyData },
            binding: { taskId, provider, chainId, market },
          },
          signal,
        );
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
