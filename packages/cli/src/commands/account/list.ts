import type { Command } from "commander";

import { listKeystores } from "../../context/keystores.ts";
import { formatTable } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";

export function addAccountList(group: Command, cli: Cli): void {
  const command = group
    .command("list")
    .summary("list keystores")
    .description("Lists the keystores of this machine. No password is needed.");
  const examples = ["deco account list", "deco account list --json"];
  cli.action(command, { examples }, async (context) => {
    const accounts = await listKeystores(context);
    const rows = accounts.map(({ name, address }) => [name, address]);
    return {
      json: { status: "ok", accounts },
      text:
        accounts.length === 0
          ? ["No accounts. Make one with: deco account new NAME"]
          : formatTable(["NAME", "ADDRESS"], rows),
    };
  });
}
