import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addAccountImport } from "./import.ts";
import { addAccountList } from "./list.ts";
import { addAccountNew } from "./new.ts";

export function addAccount(program: Command, cli: Cli): void {
  const group = program.command("account").summary("keystores: make, import, list");
  addAccountNew(group, cli);
  addAccountImport(group, cli);
  addAccountList(group, cli);
}
