import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { CID } from "multiformats/cid";
import { StorageError } from "../errors.ts";
import type { CidLike, Storage } from "../storage.ts";
import { Budget } from "../unixfs/budget.ts";
import { carBlock, carHeader } from "../unixfs/car.ts";
import { walkDag } from "../unixfs/walk-dag.ts";
import { gatewayMultiaddrFromUrl } from "./gateway-url.ts";
import { type GatewayErrorCode, type GatewayFormat, parseGatewayRequest } from "./parse-request.ts";

export interface GatewayOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Requests answered at once; further ones get 503. Default 64. */
  readonly maxConcurrent?: number;
  /** Largest DAG sent as one CAR, in bytes. Default 1 GiB. */
  readonly maxCarBytes?: number;
  /** A connection without progress for so long is closed, in milliseconds. Default 60,000. */
  readonly idleTimeoutMillis?: number;
  /** Default: there are no names. */
  readonly named?: NamedContent;
}

/**
 * The block that a name stands for now. Names are served below `/named/`: lower-case words, digits, `-` and `/`. Unlike
 * a CID a name proves nothing, so what it leads to must prove itself, by a signature for instance.
 */
export type NamedContent = (name: string) => CidLike | undefined;

export interface Gateway {
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** The same as a multiaddr ending in `/http`. */
  readonly multiaddr: string;
  /** Stops listening and ends open connections. Idempotent. */
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 8 * 1024;
const HEADERS_TIMEOUT_MILLIS = 10_000;
/** Content never changes under its CID. */
const IMMUTABLE = "public, max-age=29030400, immutable";
const CONTENT_TYPES: Record<GatewayFormat, string> = {
  raw: "application/vnd.ipld.raw",
  car: "application/vnd.ipld.car; version=1; order=unk; dups=n",
};

/**
 * Serves the public blocks of a storage by HTTP, as a trustless gateway: single blocks and whole
 * DAGs, never deserialised files, never what is staged. It fetches nothing on a visitor's behalf.
 * @throws StorageError `address-invalid` when it cannot listen there
 */
export async function startGateway(
  storage: Storage,
  options: GatewayOptions = {},
): Promise<Gateway> {
  const maxConcurrent = options.maxConcurrent ?? 64;
  const { maxCarBytes = 1024 ** 3, named = () => undefined } = options;
  let open = 0;

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    if (open >= maxConcurrent) {
      response.setHeader("retry-after", "1");
      sendError(response, 503, "busy", "Too many requests at once.");
      return;
    }
    open += 1;
    response.once("close", () => {
      open -= 1;
    });
    answer(storage, request, response, { maxCarBytes, named }).catch(() => {
      if (response.headersSent) response.destroy();
      else sendError(response, 500, "internal", "The block could not be read.");
    });
  });
  server.headersTimeout = HEADERS_TIMEOUT_MILLIS;
  server.requestTimeout = HEADERS_TIMEOUT_MILLIS;
  server.setTimeout(options.idleTimeoutMillis ?? 60_000, (socket) => socket.destroy());

  const url = await listen(server, options.host ?? "127.0.0.1", options.port ?? 0);
  let closing: Promise<void> | undefined;
  return {
    url,
    multiaddr: gatewayMultiaddrFromUrl(url),
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

async function listen(
  server: ReturnType<typeof createServer>,
  host: string,
  port: number,
): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new StorageError("address-invalid", `Cannot listen on ${host}:${port}`, {
      remedy: "Choose a free port of this machine; 0 picks one.",
      cause,
    });
  }
  const address = server.address() as AddressInfo;
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

async function answer(
  storage: Storage,
  request: IncomingMessage,
  response: ServerResponse,
  { maxCarBytes, named }: { readonly maxCarBytes: number; readonly named: NamedContent },
): Promise<void> {
  setCommonHeaders(response);
  if (request.method === "OPTIONS") {
    response.writeHead(204).end();
    return;
  }
  const asked = parseGatewayRequest(request);
  if (!asked.ok) {
    if (asked.status === 405) response.setHeader("allow", "GET, HEAD, OPTIONS");
    sendError(response, asked.status, asked.code, asked.message);
    return;
  }
  if ("name" in asked) {
    await answerNamed(storage, named(asked.name), request, response);
    return;
  }
  const { cid, format } = asked;
  const block = await storage.getPublicBlock(cid);
  if (block === undefined) {
    sendError(response, 404, "block-not-found", "This gateway does not have the block.");
    return;
  }
  const etag = `"${cid.toString()}.${format}"`;
  response.setHeader("etag", etag);
  response.setHeader("cache-control", IMMUTABLE);
  response.setHeader("x-ipfs-path", `/ipfs/${cid.toString()}`);
  response.setHeader("x-ipfs-roots", cid.toString());
  response.setHeader("vary", "Accept");
  if (matches(request.headers["if-none-match"], etag)) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader("content-type", CONTENT_TYPES[format]);
  const extension = format === "raw" ? "bin" : "car";
  response.setHeader(
    "content-disposition",
    `attachment; filename="${cid.toString()}.${extension}"`,
  );
  if (format === "raw") {
    response.setHeader("content-length", block.byteLength);
    response.writeHead(200).end(request.method === "HEAD" ? undefined : block);
  } else if (request.method === "HEAD") {
    response.writeHead(200).end();
  } else {
    await sendCar(storage, cid, response, maxCarBytes);
  }
}

/** Sends the block that a name stands for, and says which it is. It may stand for another one tomorrow. */
async function answerNamed(
  storage: Storage,
  cid: CidLike | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const block = cid === undefined ? undefined : await storage.getPublicBlock(cid);
  if (cid === undefined || block === undefined) {
    sendError(response, 404, "block-not-found", "Nothing public has this name here.");
    return;
  }
  response.setHeader("cache-control", "no-cache");
  response.setHeader("x-ipfs-path", `/ipfs/${cid.toString()}`);
  response.setHeader("content-type", "application/octet-stream");
  response.setHeader("content-length", block.byteLength);
  response.writeHead(200).end(request.method === "HEAD" ? undefined : block);
}

/**
 * Streams a CAR. Its status is out before its last block is read, so a block that is missing, or
 * one too many, cuts the connection: the only way left to say that the CAR is not whole.
 */
async function sendCar(
  storage: Storage,
  root: CID,
  response: ServerResponse,
  maxBytes: number,
): Promise<void> {
  await pipeline(carSections(storage, root, maxBytes), response);
}

async function* carSections(
  storage: Storage,
  root: CID,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const budget = new Budget({ maxBytes });
  const load = async (cid: CID) => {
    const block = await storage.getPublicBlock(cid);
    if (block !== undefined) return block;
    throw new StorageError("block-not-found", `${cid.toString()} is not here`, {
      remedy: "Fetch the blocks one by one from several sources.",
    });
  };
  yield carHeader(root);
  for await (const { cid, bytes } of walkDag(root, load)) {
    budget.spendBytes(bytes.byteLength);
    yield carBlock(cid, bytes);
  }
}

function setCommonHeaders(response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-allow-methods", "GET, HEAD, OPTIONS");
  response.setHeader("access-control-allow-headers", "Accept, If-None-Match");
  response.setHeader("access-control-expose-headers", "ETag, X-Ipfs-Path, X-Ipfs-Roots");
  response.setHeader("x-content-type-options", "nosniff");
}

function sendError(
  response: ServerResponse,
  status: number,
  code: GatewayErrorCode,
  message: string,
): void {
  const body = JSON.stringify({ error: { code, message } });
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-type", "application/json");
  response.writeHead(status).end(body);
}

/** `If-None-Match` is `*` or a list of tags, each perhaps marked weak. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => {
    const trimmed = tag.trim().replace(/^W\//, "");
    return trimmed === "*" || trimmed === etag;
  });
}
