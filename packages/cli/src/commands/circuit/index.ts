import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addCircuitShow } from "./show.ts";

export function addCircuit(program: Command, cli: Cli): void {
  const group = program.command("circuit").summary("circuits: show");
  addCircuitShow(group, cli);
}
