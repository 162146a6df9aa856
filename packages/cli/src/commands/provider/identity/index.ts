import type { Command } from "commander";

import type { Cli } from "../../cli-action.ts";
import { addIdentityLink } from "./link.ts";
import { addIdentityShow } from "./show.ts";

export function addProviderIdentity(group: Command, cli: Cli): void {
  const identity = group
    .command("identity")
    .summary("decentralised identifiers of a provider: link, show");
  addIdentityLink(identity, cli);
  addIdentityShow(identity, cli);
}
