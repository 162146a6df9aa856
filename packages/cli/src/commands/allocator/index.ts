import type { Command } from "commander";

import type { Cli } from "../cli-action.ts";
import { addAllocatorStart } from "./start.ts";

export function addAllocator(program: Command, cli: Cli): void {
  const group = program.command("allocator").summary("give seats to providers that offer them");
  addAllocatorStart(group, cli);
}
