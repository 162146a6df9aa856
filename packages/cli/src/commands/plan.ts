import { loadJob } from "@deco-network/requester";
import type { Command } from "commander";
import type { Address } from "viem";

import { recordsOf } from "../context/complete-task.ts";
import { accountAddress } from "../context/open-account.ts";
import { openMarket } from "../context/open-market.ts";
import { planJob } from "../context/plan-job.ts";
import { prepareJob } from "../context/prepare-job.ts";
import { privacyOf, sealJob } from "../context/private-job.ts";
import { EXIT } from "../exit-codes.ts";
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
    const job = await loadJob(path);
    const market = await openMarket(context);
    const requester = (await accountAddress(context)) ?? NOBODY;
    const kind = privacyOf(job, undefined);
    const sealed = await sealJob(recordsOf(context), job, kind, context.signal);
    try {
      const prepared = await prepareJob(context, market, sealed.job, requester);
      return await planJob(context, market, prepared);
    } finally {
      await sealed.discard();
    }
  });
}
