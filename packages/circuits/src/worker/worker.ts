import { parentPort, workerData } from "node:worker_threads";
import { curves } from "snarkjs";

import { checkArtefacts } from "../check/check-artefacts.ts";
import type { CheckJob, Message } from "./messages.ts";

// snarkjs takes a curve that is there already; its own would start threads, which a worker may not.
Object.assign(globalThis, {
  curve_bn128: await curves.getCurveFromName("bn128", { singleThread: true }),
});

const tell = (message: Message) => parentPort?.postMessage(message);
const found = await checkArtefacts(workerData as CheckJob, (check) =>
  tell({ kind: "check", check }),
);
tell({ kind: "done", ...found });
