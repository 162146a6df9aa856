import { requestOfOrder, taskIdOf } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { type Address, decodeFunctionData, type Hex, type PublicClient } from "viem";

import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";

/** Judges proofs of a policy anew. */
export interface ProofReader {
  /** @returns why the proof does not show the result; undefined when it does */
  refute(
    shown: Pick<TaskEvidence, "taskId" | "request"> & {
      readonly provider: number;
      readonly result: Hex;
      readonly proof: Hex;
      /** Block in which it was shown. */
      readonly block: bigint;
    },
  ): Promise<string | undefined>;
  /** What stays trusted of proofs that were judged; default: what a circuit's needs. */
  trusted?(): string | undefined;
}

/** The proof itself, from the call that showed it. */
export async function checkProofItself(
  { taskId, request, proven, provenIn, settled }: TaskEvidence,
  { client, market }: { readonly client: PublicClient; readonly market: Address },
  proofs: ProofReader,
  list: CheckList,
  signal?: AbortSignal,
): Promise<void> {
  if (!proven || !provenIn || !settled) return;
  const of = `provider ${proven.provider}`;
  const { input, to, blockNumber } = await client.getTransaction({ hash: provenIn });
  const direct = to?.toLowerCase() === market.toLowerCase();
  const domain = { chainId: await client.getChainId(), market };
  const proof = direct
    ? proofIn(input, (asked) => taskIdOf(domain, asked).toLowerCase() === taskId.toLowerCase())
    : undefined;
  if (proof === undefined) {
    list.skip("proof", "proof-verified", `no call of ${provenIn} shows a proof of this task`, of);
    return;
  }
  const { provider } = proven;
  const block = blockNumber ?? 0n;
  const shown = { taskId, request, provider, result: settled.result, proof, block };
  try {
    const why = await proofs.refute(shown);
    list.holds("proof", "proof-verified", why === undefined, why ?? "", of);
  } catch (error) {
    signal?.throwIfAborted();
    list.skip("proof", "proof-verified", error instanceof Error ? error.message : "unknown", of);
  }
}

type Request = TaskEvidence["request"];

/** The proof of a task in call data: of a call that proves, or of one within a `multicall`. */
function proofIn(data: Hex, isOurs: (request: Request) => boolean): Hex | undefined {
  const call = decoded(data);
  switch (call?.functionName) {
    case "prove":
    case "proveFolded": {
      const [request, , , proof] = call.args;
      return isOurs(request) ? proof : undefined;
    }
    case "proveOrder":
    case "proveHeld": {
      const [order, , , proof] = call.args;
      return isOurs(requestOfOrder(order)) ? proof : undefined;
    }
  }
  if (call?.functionName !== "multicall") return undefined;
  for (const inner of call.args[0]) {
    const proof = proofIn(inner, isOurs);
    if (proof !== undefined) return proof;
  }
  return undefined;
}

function decoded(data: Hex) {
  try {
    return decodeFunctionData({ abi: decoMarketAbi, data });
  } catch {
    return undefined;
  }
}
