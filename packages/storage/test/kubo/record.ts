/**
 * Writes `fixtures/kubo-answers.json`: what the real daemon says to each call that the storage
 * makes. Run: `node packages/storage/test/kubo/record.ts`
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { sha256 } from "multiformats/hashes/sha2";
import { carBlock, carHeader } from "../../src/unixfs/car.ts";
import { type Answer, type Daemon, rpc } from "./daemon.ts";
import { startRealDaemon } from "./real-daemon.ts";
import type { Recorded } from "./recorded-daemon.ts";

const TARGET = fileURLToPath(new URL("../fixtures/kubo-answers.json", import.meta.url));

/** Each answer once, in the order in which one block comes and goes. */
export async function record(daemon: Daemon): Promise<Record<Recorded, Answer>> {
  const bytes = Buffer.from("recorded");
  const cid = CID.createV1(raw.code, await sha256.digest(bytes));
  const arg = cid.toString();
  const car = Buffer.concat([carHeader(cid), carBlock(cid, bytes)]);
  const ask = async (path: string, query: Record<string, string> = {}, upload?: Uint8Array) => {
    const answer = await rpc(daemon, path, query, upload);
    // The daemon names a block in several bases.
    return { ...answer, body: answer.body.replace(/\b(bafk|zb2rh)[a-zA-Z0-9]{40,}\b/g, "CID") };
  };
  return {
    version: await ask("version"),
    "pin/ls absent": await ask("pin/ls", { arg, type: "recursive" }),
    "pin/rm absent": await ask("pin/rm", { arg, recursive: "true" }),
    "block/get absent": await ask("block/get", { arg, timeout: "500ms" }),
    "dag/import": await ask("dag/import", { "pin-roots": "true", "allow-big-block": "true" }, car),
    "pin/ls": await ask("pin/ls", { arg, type: "recursive" }),
    "block/get": await ask("block/get", { arg }),
    "routing/provide": await ask("routing/provide", { arg }),
    "pin/rm": await ask("pin/rm", { arg, recursive: "true" }),
  };
}

if (import.meta.main) {
  const daemon = await startRealDaemon();
  try {
    await writeFile(TARGET, `${JSON.stringify(await record(daemon), null, 2)}\n`);
  } finally {
    await daemon.stop();
  }
}
