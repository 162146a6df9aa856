import type { ProgramDocument, Request } from "@deco-network/sdk";

import { memoryReservation } from "@deco-network/sdk/capacity";
import type { ExecutorConfig } from "../config/schema.ts";
import type { Work } from "../pricing/price-floor.ts";
import { refusePrice } from "./decide.ts";
import { type JudgeProgram, TaskRefusal } from "./fetch-task.ts";

/**
 * What a seat has to run, as far as program and request tell.
 * @param runs one for a panel, which judges a single item
 */
export function workOf(program: ProgramDocument, runs: number): Work {
  return { program, runs, memoryBytes: memoryReservation({ program }) };
}

/** Leaves what either leaves. */
export function bothJudges(one: JudgeProgram, other: JudgeProgram): JudgeProgram {
  return (program) => {
    one(program);
    other(program);
  };
}

/** Leaves programs that cost more than the request pays. */
export function judgePrice(request: Request, config: ExecutorConfig, runs: number): JudgeProgram {
  return (program) => {
    const no = refusePrice(request, config, workOf(program, runs));
    if (no) throw new TaskRefusal(no.reason, no.detail ?? "The token has no price here.");
  };
}
