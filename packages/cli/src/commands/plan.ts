import { loadJob } from "@deco-network/requester";
import type { Plan } from "@deco-network/sdk";
import { plan as planAction } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import type { Address } from "viem";

import { accountAddress } from "../context/open-account.ts";
import { openMarket } from "../context/open-market.ts";
import { prepareJob } from "../context/prepare-job.ts";
import { fetchProviderDocuments } from "../context/provider-documents.ts";
import { EXIT } from "../exit-codes.ts";
import { planText } from "../output/plan-text.ts";
import type { Cli } from "./cli-action.ts";

/** Stands for whoever will post: a plan does not depend on it. */
const NOBODY: Address = "0x0000000000000000000000000000000000000001";

export function addPlan(program: Command, cli: Cli): void {
  const command = program
    .command("plan")
    .summary("what a job would cost, who could run it, how safe it is")
    .description(
      "Computes a job's price range, eligible providers (and why others are not), stake at risk, " +
        "deadlines and warnings. Sends nothing and needs no key.",
    )
    .argument("<job>", "job file");
  const details = {
    examples: ["deco plan job.json", "deco plan job.json --json | jq .plan.cost"],
    exitCodes: { [EXIT.ok]: "runnable", [EXIT.negative]: "not runnable as things are" },
  };
  cli.action(command, details, async (context, _options, path = "") => {
    const { signal, output } = context;
    const job = await loadJob(path);
    const market = await openMarket(context);
    const requester = (await accountAddress(context)) ?? NOBODY;
    const { request, content, token } = await prepareJob(context, market, job, requester);
    const plan = await planAction(market.client, {
      deployment: market.deployment,
      request,
      program: content.programDocument,
      metadata: await fetchProviderDocuments(market, signal),
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
  });
}

/** Whether the market would take the request and its first round can fill. */
export function isRunnable(plan: Plan, replicas: number): boolean {
  return plan.refusals.length === 0 && plan.eligible.length >= replicas;
}
