import type { Command } from "commander";

import type { Cli } from "../../cli-action.ts";
import { addReserveClose } from "./close.ts";
import { addReserveOpen } from "./open.ts";
import { addReserveShow } from "./show.ts";

export function addProviderReserve(group: Command, cli: Cli): void {
  const reserve = group
    .command("reserve")
    .summary("stake set aside for orders that are held while they are proven: open, close, show");
  addReserveOpen(reserve, cli);
  addReserveClose(reserve, cli);
  addReserveShow(reserve, cli);
}
