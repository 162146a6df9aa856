import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CarReader } from "@ipld/car";
import * as dagPb from "@ipld/dag-pb";
import { CID } from "multiformats/cid";
import type { Answer, Daemon } from "./daemon.ts";

/** Answers of a daemon by what was asked; `CID` stands for the block's name. */
export type Recording = Readonly<Record<Recorded, Answer>>;
export type Recorded =
  | "version"
  | "block/get"
  | "block/get absent"
  | "pin/ls"
  | "pin/ls absent"
  | "pin/rm"
  | "pin/rm absent"
  | "dag/import"
  | "routing/provide";

/** As `record.ts` got them from the real daemon. */
export const RECORDED: Recording = JSON.parse(
  await readFile(new URL("../fixtures/kubo-answers.json", import.meta.url), "utf8"),
);

const json = (status: number, body: string): Answer => ({ status, type: "application/json", body });
const message = (text: string) => json(500, `{"Message":"${text}","Code":0,"Type":"error"}\n`);

/** What Kubo itself, offline, says in the same places, after its sources. */
export const KUBO: Recording = {
  ...RECORDED,
  version: json(200, '{"Version":"0.34.1","Commit":"","Repo":"16","System":"","Golang":""}\n'),
  "block/get absent": message("block was not found locally (offline): ipld: could not find CID"),
  "pin/ls": json(200, '{"Keys":{"CID":{"Type":"recursive","Name":""}}}\n'),
  "pin/ls absent": message("path '/ipfs/CID' is not pinned"),
  "pin/rm absent": message("not pinned or pinned indirectly"),
  "dag/import": json(200, '{"Root":{"Cid":{"/":"CID"},"PinErrorMsg":""}}\n'),
  "routing/provide": json(200, '{"Extra":"","ID":"","Responses":null,"Type":4}\n'),
};

/** A daemon in memory that answers in recorded words. */
export interface RecordedDaemon extends Daemon {
  readonly blocks: Map<string, Uint8Array>;
  readonly pins: Set<string>;
  /** Every call, as path and first argument. */
  readonly calls: string[];
  /** The `Authorization` headers of all calls. */
  readonly tokens: Set<string | undefined>;
  /** Answers instead, when it returns true. */
  interfere: (call: string, request: IncomingMessage, response: ServerResponse) => boolean;
}

export async function startRecordedDaemon(
  name: string,
  recording: Recording = RECORDED,
): Promise<RecordedDaemon> {
  const blocks = new Map<string, Uint8Array>();
  const pins = new Set<string>();

  const answer = (response: ServerResponse, what: Recorded, cid: string, bytes?: Uint8Array) => {
    const { status, type, body } = recording[what];
    response.writeHead(status, { "content-type": type });
    response.end(bytes ?? body.replaceAll("CID", cid));
  };

  const handle = async (
    path: string,
    cid: string,
    request: IncomingMessage,
    to: ServerResponse,
  ) => {
    if (path === "version" || path === "routing/provide") return answer(to, path, cid);
    if (path === "block/get") {
      const bytes = blocks.get(cid);
      return answer(to, bytes ? path : "block/get absent", cid, bytes);
    }
    if (path === "pin/ls") return answer(to, pins.has(cid) ? path : "pin/ls absent", cid);
    if (path === "pin/rm") return answer(to, pins.delete(cid) ? path : "pin/rm absent", cid);
    if (path === "repo/gc") {
      collect();
      return void to.end();
    }
    if (path === "dag/import") {
      const roots = await importCar(await uploaded(request), blocks);
      for (const root of roots) pins.add(root);
      return answer(to, path, roots[0] ?? "");
    }
    to.writeHead(404).end();
  };

  /** Drops what no pin needs. */
  function collect(): void {
    const kept = new Set<string>();
    const keep = (cid: string): void => {
      const bytes = blocks.get(cid);
      if (kept.has(cid) || bytes === undefined) return;
      kept.add(cid);
      const parsed = CID.parse(cid);
      if (parsed.code !== dagPb.code) return;
      for (const { Hash } of dagPb.decode(bytes).Links) keep(Hash.toString());
    };
    for (const pin of pins) keep(pin);
    for (const cid of blocks.keys()) if (!kept.has(cid)) blocks.delete(cid);
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://daemon");
    const path = url.pathname.replace("/api/v0/", "");
    const cid = url.searchParams.get("arg") ?? "";
    const call = `${path} ${cid}`.trim();
    daemon.calls.push(call);
    daemon.tokens.add(request.headers.authorization);
    if (daemon.interfere(call, request, response)) return;
    if (request.method !== "POST") response.writeHead(405).end();
    else handle(path, cid, request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const daemon: RecordedDaemon = {
    ...{ name, blocks, pins },
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    tokens: new Set(),
    interfere: () => false,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return daemon;
}

/** The file of a form with one file. */
async function uploaded(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const type = request.headers["content-type"] ?? "";
  const form = await new Response(Buffer.concat(chunks), {
    headers: { "content-type": type },
  }).formData();
  const file = form.get("file");
  if (!(file instanceof Blob)) throw new TypeError("no file was sent");
  return new Uint8Array(await file.arrayBuffer());
}

async function importCar(car: Uint8Array, blocks: Map<string, Uint8Array>): Promise<string[]> {
  const reader = await CarReader.fromBytes(car);
  for await (const { cid, bytes } of reader.blocks()) blocks.set(cid.toString(), bytes);
  return (await reader.getRoots()).map((root) => root.toString());
}
