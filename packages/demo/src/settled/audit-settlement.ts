import { type AuditReport, auditTask, type ProofReader } from "@deco-network/audit";
import type { Storage } from "@deco-network/storage";
import { createPublicClient, type Hex, http } from "viem";
import { foundry } from "viem/chains";

import { DemoError } from "../errors.ts";
import type { DemoNetwork } from "../network/start-network.ts";

/**
 * Recomputes a settlement from chain and content.
 * @param proofs Judges a proof, where one decided.
 * @throws DemoError `audit-failed`
 */
export async function auditSettlement(
  { rpcUrl, deployment }: DemoNetwork,
  storage: Storage,
  taskId: Hex,
  signal: AbortSignal,
  proofs?: ProofReader,
): Promise<AuditReport> {
  const options = {
    client: createPublicClient({ chain: foundry, transport: http(rpcUrl) }),
    market: deployment.market,
    startBlock: BigInt(deployment.startBlock),
    content: {
      getDocument: (digest: Hex) => storage.getDocument(digest, { signal }),
      readFile: async (cid: string, maxBytes: number) => {
        const parts: Uint8Array[] = [];
        for await (const part of storage.readFile(cid, { maxBytes, signal })) parts.push(part);
        return Buffer.concat(parts);
      },
    },
    ...(proofs && { proofs }),
    signal,
  };
  const audit = await auditTask(options, taskId);
  const failed = audit.checks.filter((check) => check.status !== "passed");
  if (failed.length === 0) return audit;
  throw new DemoError(
    "audit-failed",
    failed.map((check) => `${check.name} (${check.of ?? "task"}): ${check.detail}`).join("; "),
    "This is a fault of the market or of the audit: please report it with this output.",
  );
}
