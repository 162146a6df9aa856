import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addAccountBalance } from "./balance.ts";
import { addAccountImport } from "./import.ts";
import { addAccountList } from "./list.ts";
import { addAccountNew } from "./new.ts";
import { addAccountWithdraw } from "./withdraw.ts";

export function addAccount(program: Command, cli: Cli): void {
  const group = program
    .command("account")
    .summary("keystores (new, import, list), balance, withdraw");
  addAccountNew(group, cli);
  addAccountImport(group, cli);
  addAccountList(group, cli);
  addAccountBalance(group, cli);
  addAccountWithdraw(group, cli);
}
