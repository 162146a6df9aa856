import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { EgressParts } from "../../../../src/engines/oci/egress/destinations.ts";

/** An address that counts as public; nothing is ever sent there. */
export const PUBLIC_ADDRESS = "93.184.216.34";

export interface OutsideWorld {
  readonly parts: EgressParts;
  /** Names that were asked for, in order. */
  readonly asked: string[];
  /** Addresses and ports that were dialled, in order. */
  readonly dialled: string[];
  /** What an HTTP server was asked, as `METHOD path host`. */
  readonly requests: string[];
}

/**
 * Stands for the internet: names have the addresses given, and every address that may be dialled
 * is a server of the test's own: an HTTP server at port 80, an echo at any other.
 */
export async function outsideWorld(
  names: Readonly<Record<string, readonly string[] | (() => readonly string[])>>,
): Promise<OutsideWorld> {
  const world = { asked: [] as string[], dialled: [] as string[], requests: [] as string[] };
  const web = createHttpServer((request, response) => {
    world.requests.push(`${request.method} ${request.url} ${request.headers.host}`);
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
    });
    request.on("end", () => {
      const wanted = Number(new URL(request.url ?? "/", "http://x").searchParams.get("bytes") ?? 0);
      response.setHeader("X-Seen", JSON.stringify(request.headers));
      response.end(wanted > 0 ? Buffer.alloc(wanted, "x") : `got ${size}`);
    });
  });
  const echo = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
  const ports = { web: await listening(web), echo: await listening(echo) };
  const parts: EgressParts = {
    async resolve(host) {
      world.asked.push(host);
      const answer = names[host];
      if (answer === undefined) throw new TypeError(`no such name: ${host}`);
      return typeof answer === "function" ? answer() : answer;
    },
    dial(address, port): Socket {
      world.dialled.push(`${address}:${port}`);
      return connect({ host: "127.0.0.1", port: port === 80 ? ports.web : ports.echo });
    },
  };
  return { ...world, parts };
}

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
