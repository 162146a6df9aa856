import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addCircuitPublish } from "./publish.ts";
import { addCircuitRegister } from "./register.ts";
import { addCircuitShow } from "./show.ts";
import { addCircuitVerify } from "./verify.ts";

export function addCircuit(program: Command, cli: Cli): void {
  const group = program.command("circuit").summary("circuits: show, publish, verify, register");
  addCircuitShow(group, cli);
  addCircuitPublish(group, cli);
  addCircuitVerify(group, cli);
  addCircuitRegister(group, cli);
}
