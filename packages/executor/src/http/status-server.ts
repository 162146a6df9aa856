import type { IncomingMessage, ServerResponse } from "node:http";

import { jsonText } from "./json-text.ts";
import { type Listening, listen } from "./listen.ts";

/** Answers about the daemon's condition. */
export interface StatusSource {
  /** Whether the process works at all. */
  health(): { readonly ok: boolean } & Record<string, unknown>;
  /** Whether it would take a seat now, and if not, why. */
  readiness(): { readonly ok: boolean } & Record<string, unknown>;
  /** Prometheus' text format. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Serves `/healthz` and `/readyz` as JSON (200 when all is well, 503 otherwise) and `/metrics`. Nothing here is secret or changes anything. */
export async function startStatusServer(
  source: StatusSource,
  address: { readonly host: string; readonly port: number },
): Promise<Listening> {
  return await listen((request, response) => {
    answer(source, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  }, address);
}

async function answer(
  source: StatusSource,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "/").split("?", 1)[0];
  if (request.method !== "GET") {
    response.writeHead(404).end();
  } else if (path === "/metrics") {
    const { contentType, text } = await source.metrics();
    response.writeHead(200, { "content-type": contentType, "cache-control": "no-store" }).end(text);
  } else if (path === "/healthz") {
    send(response, source.health());
  } else if (path === "/readyz") {
    send(response, source.readiness());
  } else {
    response.writeHead(404).end();
  }
}

function send(response: ServerResponse, body: { readonly ok: boolean }): void {
  response.writeHead(body.ok ? 200 : 503, {
    "content-type": "application/json",
    "cache-control": "no-store",
  });
  response.end(jsonText(body));
}
