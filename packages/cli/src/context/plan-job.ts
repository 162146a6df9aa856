import type { Plan } from "@deco-network/sdk";
import { plan as planAction } from "@deco-network/sdk/actions";

import { EXIT } from "../exit-codes.ts";
import type { CommandResult } from "../output/output.ts";
import { planText } from "../output/plan-text.ts";
import type { CommandContext } from "./command-context.ts";
import type { OpenMarket } from "./open-market.ts";
import type { PreparedJob } from "./prepare-job.ts";
import { fetchProviderDocuments } from "./provider-documents.ts";

/** What a job would cost and who could run it, as the answer of a command. */
export async function planJob(
  { signal, output }: CommandContext,
  market: OpenMarket,
  { request, content, token }: PreparedJob,
): Promise<CommandResult> {
  const plan = await planAction(market.client, {
    deployment: market.deployment,
    request,
    program: content.programDocument,
    metadata: await fetchProviderDocuments(market, signal),
    isPrivate: content.inputDocument.deco === "sealed-input/1",
    signal,
  });
  const runnable = isRunnable(plan, request.replicas);
  const refusals = plan.refusals.map(({ code, message, remedy }) => ({ code, message, remedy }));
  const status = runnable ? "runnable" : "not-runnable";
  return {
    json: { status, request, cids: content.cids, plan: { ...plan, refusals } },
    text: planText({ plan, request, token, runnable, style: output.style }),
    exitCode: runnable ? EXIT.ok : EXIT.negative,
  };
}

/** Whether the market would take the request and its first round can fill. */
export function isRunnable(plan: Plan, replicas: number): boolean {
  return plan.refusals.length === 0 && plan.eligible.length >= replicas;
}
