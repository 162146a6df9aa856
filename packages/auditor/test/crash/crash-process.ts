import { readFile } from "node:fs/promises";

import { createClient, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { MortalProcess } from "../../../../test/support/crash/mortal-process.ts";
import { type Act, Auditor } from "../../src/index.ts";
import { nameOfAct } from "./points.ts";
import type { SubjectConfig } from "./stage.ts";

/**
 * A watching auditor that ends like a power cut at the point that it was told. Arguments: its configuration's file,
 * and a point. It tells what it has written of which task, what it has sent, and what it says.
 */
const [file = ""] = process.argv.slice(2);
const config = JSON.parse(await readFile(file, "utf8")) as SubjectConfig;
const stopping = new AbortController();
// Stopping is legal while starting, too, when nothing is watched yet.
let watching: Promise<unknown> = Promise.resolve();
const mortal = new MortalProcess(async () => {
  stopping.abort();
  await watching;
});

function tell(act: Act): void {
  if (act.kind === "broadcast") {
    mortal.say({ sent: act.call });
    return;
  }
  for (const transition of act.transitions) {
    if (transition.kind === "followed" || transition.kind === "task-chosen") continue;
    const { taskId: task } = transition.kind === "appeal-planned" ? transition.plan : transition;
    mortal.say({ task, did: transition.kind });
  }
}

const account = privateKeyToAccount(config.privateKey as Hex);
const { deployment, folder, budget } = config;
const auditor = await Auditor.open(
  {
    market: {
      client: createClient({
        ...{ account, chain: foundry, transport: http(config.rpcUrl), pollingInterval: 100 },
      }),
      deployment,
    },
    ...{ account: account.address, folder, scratch: folder },
    budget: { token: deployment.token, amount: BigInt(budget) },
    ...{ dryRun: false, share: 1, items: 1, confirmations: 1, pollMillis: 100 },
    ...{ patienceBlocks: 1, peers: config.peers },
    onEvent: (event) =>
      mortal.say(
        "taskId" in event
          ? { task: event.taskId, said: event.event, ...("reason" in event && event) }
          : { trouble: String("error" in event && event.error) },
      ),
    observer: mortal.observer(nameOfAct, tell),
  },
  stopping.signal,
);
mortal.say({ endpoint: auditor.addresses().join(",") });
watching = auditor.watch(stopping.signal).then(() => auditor.close());
