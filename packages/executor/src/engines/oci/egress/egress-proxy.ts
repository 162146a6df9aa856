import { open } from "node:fs/promises";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ByteMeter } from "./byte-meter.ts";
import { Destinations, type EgressParts } from "./destinations.ts";
import { EgressError } from "./egress-error.ts";

export interface EgressProxyOptions {
  /** An existing folder, of any length; the socket is made in it. */
  readonly folder: string;
  readonly socketName: string;
  /** `host:port`, as in a program's document. */
  readonly allow: readonly string[];
  /** What may be sent and received in all. */
  readonly maxBytes: number;
  readonly parts: EgressParts;
  /** Told once, when more was sent and received than allowed; every connection is cut by then. */
  readonly onSpent: () => void;
}

export interface EgressProxy {
  /** When the forwarder has connected for the first time. */
  readonly reached: Promise<void>;
  /** Bytes sent to and received from destinations so far. */
  readonly used: number;
  /** Cuts every connection. Idempotent. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 64;
const HTTP_PORT = 80;
/** Meant for the proxy, not for the destination (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Serves `CONNECT` and plain `http:` requests of one run on a Unix socket, to listed places. */
export async function startEgressProxy(options: EgressProxyOptions): Promise<EgressProxy> {
  const stop = new AbortController();
  const destinations = new Destinations(options.allow, options.parts, stop.signal);
  const meter = new ByteMeter(options.maxBytes, options.onSpent);
  const upstreams = new Set<Socket>();

  const connect = async (destination: string): Promise<Socket> => {
    if (meter.isSpent) throw new EgressError("egress-bytes-spent", "no bytes are left");
    const socket = await destinations.connect(destination);
    meter.watch(socket);
    upstreams.add(socket);
    socket.once("close", () => upstreams.delete(socket));
    if (stop.signal.aborted) socket.destroy();
    return socket;
  };

  const server = createServer((incoming, response) => {
    forward(incoming, response, connect, meter).catch((error) => refuse(response, error));
  });
  server.maxConnections = MAX_CONNECTIONS;
  const clients = new Set<Socket>();
  const reached = new Promise<void>((resolve) => server.once("connection", () => resolve()));
  server.on("connection", (socket) => {
    clients.add(socket);
    socket.once("close", () => clients.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  server.on("connect", (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    tunnel(incoming, client, head, connect, meter).catch((error) => {
      const { code, status } = egressError(error);
      client.end(`HTTP/1.1 ${status} ${code}\r\nConnection: close\r\n\r\n`);
    });
  });

  // A socket's path may have 107 bytes; through the folder's descriptor it always has fewer.
  const folder = await open(options.folder);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const path = `/proc/self/fd/${folder.fd}/${options.socketName}`;
    server.listen({ path, readableAll: true, writableAll: true }, resolve);
  });
  let closed: Promise<void> | undefined;
  const close = async () => {
    stop.abort();
    for (const socket of [...clients, ...upstreams]) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await folder.close();
  };
  return {
    reached,
    get used() {
      return meter.used;
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

type Connect = (destination: string) => Promise<Socket>;

async function tunnel(
  { url = "" }: IncomingMessage,
  client: Socket,
  head: Buffer,
  connect: Connect,
  meter: ByteMeter,
): Promise<void> {
  const upstream = await connect(url);
  client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  if (head.length > 0) client.unshift(head);
  await Promise.allSettled([
    pipeline(client, counting(meter), upstream),
    pipeline(upstream, counting(meter), client),
  ]);
  upstream.destroy();
  client.destroy();
}

async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  connect: Connect,
  meter: ByteMeter,
): Promise<void> {
  const url = URL.canParse(incoming.url ?? "") ? new URL(incoming.url ?? "") : undefined;
  if (url?.protocol !== "http:") {
    throw new EgressError("egress-malformed", "ask for an http: address, or use CONNECT");
  }
  const upstream = await connect(`${url.hostname}:${url.port === "" ? HTTP_PORT : url.port}`);
  try {
    const outgoing = request({
      createConnection: () => upstream,
      method: incoming.method ?? "GET",
      path: `${url.pathname}${url.search}`,
      headers: { ...endToEnd(incoming.headers), host: url.host, connection: "close" },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once("response", resolve);
      outgoing.once("error", reject);
    });
    answered.catch(() => undefined); // Awaited below, unless sending fails.
    await pipeline(incoming, counting(meter), outgoing);
    const answer = await answered;
    meter.check();
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    await pipeline(answer, counting(meter), response);
  } catch (error) {
    if (error instanceof EgressError) throw error;
    const code = meter.isSpent ? "egress-bytes-spent" : "egress-unreachable";
    throw new EgressError(code, `${url.host} broke off`, error);
  } finally {
    upstream.destroy();
  }
}

/** Passes bytes on, and has them counted before more are asked for. */
function counting(meter: ByteMeter): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      meter.check();
      done(null, chunk);
    },
  });
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

function refuse(response: ServerResponse, error: unknown): void {
  const { code, status, message } = egressError(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { "Content-Type": "text/plain", "Deco-Egress": code });
  response.end(`${message}\n`);
}

function egressError(error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  return new EgressError("egress-unreachable", "the connection broke off", error);
}
