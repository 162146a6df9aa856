import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addCircuitRegister } from "./register.ts";
import { addCircuitShow } from "./show.ts";

export function addCircuit(program: Command, cli: Cli): void {
  const group = program.command("circuit").summary("circuits: show, register");
  addCircuitShow(group, cli);
  addCircuitRegister(group, cli);
}
