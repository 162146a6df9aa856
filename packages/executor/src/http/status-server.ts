import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers about the daemon's condition. */
export interface StatusSource {
  /** Whether the process works at all. */
  health(): { readonly ok: boolean } & Record<string, unknown>;
  /** Whether it would take a seat now, and if not, why. */
  readiness(): { readonly ok: boolean } & Record<string, unknown>;
}

export interface StatusServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `/healthz` and `/readyz` as JSON: 200 when all is well, 503 otherwise. */
export async function startStatusServer(
  source: StatusSource,
  address: { readonly host: string; readonly port: number },
): Promise<StatusServer> {
  const server = createServer((request, response) => answer(source, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(source: StatusSource, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const body =
    pathname === "/healthz"
      ? source.health()
      : pathname === "/readyz"
        ? source.readiness()
        : undefined;
  if (request.method !== "GET" || !body) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(body.ok ? 200 : 503, {
    "content-type": "application/json",
    "cache-control": "no-store",
  });
  response.end(`${JSON.stringify(body)}\n`);
}
