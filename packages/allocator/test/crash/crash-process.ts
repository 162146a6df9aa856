import { readFile } from "node:fs/promises";

import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";

import { MortalProcess } from "../../../../test/support/crash/mortal-process.ts";
import { type Act, startAllocator } from "../../src/index.ts";
import { nameOfAct } from "./points.ts";
import type { SubjectConfig } from "./stage.ts";

/**
 * An allocator that ends like a power cut at the point that it was told. Arguments: its configuration's file, and a
 * point. It tells what it has written and sent of which order, and whose heartbeat came.
 */
const [file = ""] = process.argv.slice(2);
const config = JSON.parse(await readFile(file, "utf8")) as SubjectConfig;
const mortal = new MortalProcess(async () => await allocator.then((running) => running.stop()));

function tell(act: Act): void {
  if (act.kind === "broadcast") {
    const { taskId: task, purpose, nonce } = act.attempt;
    mortal.say({ task, did: `broadcast ${purpose}`, purpose, nonce });
    return;
  }
  for (const transition of act.transitions) {
    if (transition.kind === "attempt-signed") {
      const { taskId: task, purpose, nonce } = transition.attempt;
      mortal.say({ task, did: `attempt-signed ${purpose}`, nonce });
    } else if (transition.kind === "order-taken") {
      mortal.say({ task: transition.order.taskId, did: transition.kind });
    } else if ("taskId" in transition) {
      const more = "purpose" in transition ? ` ${transition.purpose}` : "";
      mortal.say({ task: transition.taskId, did: `${transition.kind}${more}` });
    }
  }
}

const { rpcUrl, deployment, folder, settings } = config;
const silent = () => undefined;
const allocator = startAllocator({
  ...{ rpcUrl, deployment, folder, settings },
  account: privateKeyToAccount(config.privateKey as Hex),
  logger: { debug: silent, info: silent, warn: silent, error: silent },
  observer: mortal.observer(nameOfAct, tell),
});
mortal.say({ endpoint: (await allocator).endpoints.join(",") });
