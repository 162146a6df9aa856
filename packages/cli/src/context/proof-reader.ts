import type { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ProofReader } from "@deco-network/audit";
import { decodeDocument, programSchema } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Address, PublicClient } from "viem";

/** Keys larger than this are not fetched to check a proof. */
const MAX_KEY_BYTES = 2 ** 30;

/**
 * Verifies proofs again, whatever the policy said: by the circuit's key from the program; or by the attested key as it was enrolled at
 * that block, with its evidence from IPFS.
 * @param roots of the makers of TPMs; without one, a TPM's evidence cannot be believed
 */
export function proofReader(
  storage: Storage,
  { chainId, market }: { readonly chainId: number; readonly market: Address },
  client: PublicClient,
  roots: readonly X509Certificate[],
  signal: AbortSignal,
): ProofReader {
  let trusted: string | undefined;
  return {
    trusted: () => trusted,
    async refute({ taskId, request, provider, result, proof, block }) {
      const program = decodeDocument(
        programSchema,
        await storage.getDocument(request.program, { signal }),
      );
      if (program.engine !== "circuit") {
        // Loaded only where there is such a proof.
        const { decodeAttestedProof, refuteAttested, TRUSTED_OF_KEY } = await import(
          "@deco-network/attest"
        );
        trusted = TRUSTED_OF_KEY;
        const signature = decodeAttestedProof(proof);
        if (signature === undefined) return "the proof has another form";
        const { policy, policyData } = request;
        return await refuteAttested(
          client,
          { policy, policyData, task: taskId, provider, result, proof: signature, block },
          (digest) => storage.getDocument(digest, { signal }),
          roots,
        );
      }
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
