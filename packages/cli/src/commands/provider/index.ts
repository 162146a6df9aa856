import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addProviderBackup } from "./backup.ts";
import { addProviderInit } from "./init.ts";
import { addProviderRegister } from "./register.ts";
import { addProviderStake } from "./stake.ts";
import { addProviderStart } from "./start.ts";
import { addProviderStatus } from "./status.ts";
import { addProviderWithdraw } from "./withdraw.ts";

export function addProvider(program: Command, cli: Cli): void {
  const group = program
    .command("provider")
    .summary("sell computation: init, register, stake, start, status, withdraw, backup");
  for (const add of [
    ...[addProviderInit, addProviderRegister, addProviderStake],
    ...[addProviderStart, addProviderStatus, addProviderWithdraw, addProviderBackup],
  ]) {
    add(group, cli);
  }
}
