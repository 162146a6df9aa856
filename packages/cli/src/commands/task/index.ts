import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addTaskCancel } from "./cancel.ts";
import { addTaskDeliver } from "./deliver.ts";
import { addTaskList } from "./list.ts";
import { addTaskRerun } from "./rerun.ts";
import { addTaskResult } from "./result.ts";
import { addTaskShow } from "./show.ts";
import { addTaskUndelivered } from "./undelivered.ts";

export function addTask(program: Command, cli: Cli): void {
  const group = program
    .command("task")
    .summary("tasks: list, show, result, rerun, cancel, deliver, undelivered");
  addTaskList(group, cli);
  addTaskShow(group, cli);
  addTaskResult(group, cli);
  addTaskRerun(group, cli);
  addTaskCancel(group, cli);
  addTaskDeliver(group, cli);
  addTaskUndelivered(group, cli);
}
