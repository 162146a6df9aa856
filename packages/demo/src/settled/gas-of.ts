import type { TaskStage } from "@deco-network/requester";
import { createPublicClient, type Hex, http } from "viem";
import { foundry } from "viem/chains";

/** A transaction with the gas that it used. */
export interface SpentGas {
  readonly step: string;
  readonly hash: Hex;
  readonly gas: number;
}

/** Gas of each transaction that moved the task, in the order of the chain, but for the post. */
export async function gasOf(
  rpcUrl: string,
  stages: readonly TaskStage[],
  post: Hex,
): Promise<SpentGas[]> {
  const client = createPublicClient({ chain: foundry, transport: http(rpcUrl) });
  const steps = new Map<Hex, string>();
  for (const stage of stages) {
    if (!("transaction" in stage) || stage.transaction === post) continue;
    const step = TRANSACTION_STEPS[stage.stage];
    if (step === undefined) continue;
    // One transaction may reveal and settle: it is named for the end.
    if (step === "settle" || !steps.has(stage.transaction)) steps.set(stage.transaction, step);
  }
  return Promise.all(
    [...steps].map(async ([hash, step]) => {
      const { gasUsed } = await client.getTransactionReceipt({ hash });
      return { step, hash, gas: Number(gasUsed) };
    }),
  );
}

/** Stages that a transaction of their own brings about. */
const TRANSACTION_STEPS: Partial<Record<TaskStage["stage"], string>> = {
  "seat-taken": "claim",
  "seat-declined": "decline",
  committed: "commit",
  abstained: "abstain",
  revealed: "reveal",
  "seat-ended": "settle",
};
