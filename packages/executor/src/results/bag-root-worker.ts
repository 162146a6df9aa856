import { parentPort, workerData } from "node:worker_threads";

import { bagTree } from "@deco-network/sdk";

parentPort?.postMessage(bagTree(workerData as Uint8Array).root);
