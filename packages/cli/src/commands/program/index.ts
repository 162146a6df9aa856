import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addProgramAdd } from "./add.ts";
import { addProgramCheck } from "./check.ts";

export function addProgram(program: Command, cli: Cli): void {
  const group = program.command("program").summary("programs: add, check");
  addProgramAdd(group, cli);
  addProgramCheck(group, cli);
}
