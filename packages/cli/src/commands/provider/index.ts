import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addProviderBackup } from "./backup.ts";
import { addProviderCalibrate } from "./calibrate.ts";
import { addProviderDescribe } from "./describe.ts";
import { addProviderDrain } from "./drain.ts";
import { addProviderIdentity } from "./identity/index.ts";
import { addProviderInit } from "./init.ts";
import { addProviderRegister } from "./register.ts";
import { addProviderReport } from "./report.ts";
import { addProviderReserve } from "./reserve/index.ts";
import { addProviderResume } from "./resume.ts";
import { addProviderStake } from "./stake.ts";
import { addProviderStart } from "./start.ts";
import { addProviderStatus } from "./status.ts";
import { addProviderTasks } from "./tasks.ts";
import { addProviderWhy } from "./why.ts";
import { addProviderWithdraw } from "./withdraw.ts";

export function addProvider(program: Command, cli: Cli): void {
  const group = program
    .command("provider")
    .summary(
      "sell computation: init, calibrate, register, describe, identity, stake, reserve, start, status, tasks, why, drain, resume, report, withdraw, backup",
    );
  for (const add of [
    ...[addProviderInit, addProviderCalibrate, addProviderRegister, addProviderDescribe],
    ...[addProviderIdentity, addProviderStake, addProviderReserve],
    ...[addProviderStart, addProviderStatus, addProviderTasks, addProviderWhy],
    ...[addProviderDrain, addProviderResume, addProviderReport, addProviderWithdraw],
    addProviderBackup,
  ]) {
    add(group, cli);
  }
}
