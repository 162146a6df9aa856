import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { isHex, size } from "viem";

import { ASSIGNMENT_STATES, type AssignmentState } from "../assignments/states.ts";
import type { Operations } from "../operations/operations.ts";
import type { Logger } from "../runtime/logger.ts";
import { jsonText } from "./json-text.ts";
import { type Listening, listen } from "./listen.ts";

export interface ControlServerOptions {
  readonly operations: Operations;
  /** As described on-chain. */
  readonly endpoint: string;
  /** What callers must show. */
  readonly token: string;
  readonly port: number;
  readonly logger: Logger;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * The operator's API, for this machine's tools: on loopback only, with a token that only the operator's files hold. A web page in a browser
 * on the same machine gets nowhere: browsers send an Origin, and a name that was rebound to loopback shows in Host.
 */
export async function startControlServer(options: ControlServerOptions): Promise<Listening> {
  let port = 0;
  const listening = await listen(
    (request, response) => {
      const refusal = refuse(request, options.token, port);
      const answered = refusal ? Promise.resolve(refusal) : route(options, request);
      answered
        .catch((err: unknown): Answer => {
          options.logger.error({ code: "control-failed", err }, "A question was not answered.");
          return fault(500, "internal");
        })
        .then((answer) => send(response, answer));
    },
    { host: "127.0.0.1", port: options.port },
  );
  port = listening.port;
  return listening;
}

/** What keeps a request from being looked at; undefined when nothing does. */
function refuse({ headers }: IncomingMessage, token: string, port: number): Answer | undefined {
  if (headers.origin !== undefined) return fault(403, "origin-refused");
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? "")) return fault(403, "host-refused");
  const shown = Buffer.from(headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  const known = shown.length === expected.length && timingSafeEqual(shown, expected);
  return known ? undefined : fault(401, "token-refused");
}

async function route(options: ControlServerOptions, request: IncomingMessage): Promise<Answer> {
  const { operations, endpoint } = options;
  const url = new URL(request.url ?? "/", "http://localhost");
  const [version, what, operand, ...more] = url.pathname.split("/").slice(1);
  if (version !== "v1" || more.length > 0) return fault(404, "unknown");
  const asked = `${request.method} ${what}${operand === undefined ? "" : "/"}`;
  switch (asked) {
    case "GET status":
      return ok(await operations.status(endpoint));
    case "POST drain":
      return ok(await operations.drain());
    case "POST resume":
      return operations.resume() ? ok({ intake: "on" }) : fault(409, "stopping");
    case "GET why/":
      if (!isHex(operand) || size(operand) !== 32) return fault(400, "task-invalid");
      return ok(operations.why(operand.toLowerCase() as typeof operand));
    case "GET tasks": {
      const states = url.searchParams.get("state")?.split(",");
      if (states && !states.every(isState)) return fault(400, "state-unknown");
      return ok({ tasks: operations.tasks(states as AssignmentState[] | undefined) });
    }
    default:
      return fault(404, "unknown");
  }
}

function isState(text: string): text is AssignmentState {
  return ASSIGNMENT_STATES.some((state) => state === text);
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function fault(status: number, code: string): Answer {
  return { status, body: { code } };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(jsonText(body));
}
