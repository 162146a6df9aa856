import type { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ProofReader } from "@deco-network/audit";
import { decodeDocument, programSchema } from "@deco-network/sdk";
import type { Storage } from "@deco-network/storage";
import type { Address, Hash, Hex, PublicClient } from "viem";

const TRUSTED_OF_KEY =
  "the maker of the hardware, that nothing broke it, that the measured system runs the named program on the named input, " +
  "and the attesters' word for what no third party can check (a TPM's answer to their challenge)";

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
  let attested = false;
  return {
    trusted: () => (attested ? TRUSTED_OF_KEY : undefined),
    async refute({ taskId, request, provider, result, proof, block }) {
      const program = decodeDocument(
        programSchema,
        await storage.getDocument(request.program, { signal }),
      );
      if (program.engine !== "circuit") {
        attested = true;
        const shown = {
          ...{ policy: request.policy, policyData: request.policyData, task: taskId },
          ...{ provider, result, proof, block },
        };
        return await refuteAttested(storage, client, chainId, roots, shown, signal);
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

async function refuteAttested(
  storage: Storage,
  client: PublicClient,
  chainId: number,
  roots: readonly X509Certificate[],
  { proof: bytes, ...shown }: AttestedShown,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Loaded only where there is such a proof.
  const [{ decodeAttestedProof }, { refuteSignature, verifyAgain }] = await Promise.all([
    import("@deco-network/attest"),
    import("./attested-key.ts"),
  ]);
  const proof = decodeAttestedProof(bytes);
  if (proof === undefined) return "the proof has another form";
  const { why, registry, enrolment } = await refuteSignature(client, { ...shown, proof });
  if (why !== undefined || enrolment === undefined) return why;
  const trust = { roots, at: enrolment.activatesAt };
  const again = await verifyAgain(storage, enrolment, { chainId, registry }, trust, signal);
  return "refused" in again ? `the key's evidence does not verify: ${again.refused}` : undefined;
}

interface AttestedShown {
  readonly policy: Address;
  readonly policyData: Hash;
  readonly task: Hash;
  readonly provider: number;
  readonly result: Hash;
  readonly proof: Hex;
  readonly block: bigint;
}
