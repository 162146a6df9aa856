import type { CID } from "multiformats/cid";
import { StorageError } from "../errors.ts";
import { raceSignal } from "../network/race-signal.ts";
import { readAtMost, readBlock, type SourceAnswer } from "../network/source-answer.ts";

/**
 * The part of Kubo's RPC API that is used here. Every method ends: by success, when nothing moved
 * for the time given, or by its signal. Redirects are never followed, so that the token goes to
 * the configured host alone.
 */
export interface KuboClient {
  /** Base URL, without `/api/v0`. */
  readonly api: string;
  /**
   * One verified block, which the daemon may have to look for in its network.
   * @throws the signal's reason when it is aborted
   */
  getBlock(cid: CID, signal: AbortSignal): Promise<SourceAnswer>;
  /**
   * Whether the daemon keeps this DAG, as a root of its own.
   * @throws StorageError `kubo-unreachable`, `kubo-refused`, `timeout`
   */
  isPinned(root: CID, signal: AbortSignal): Promise<boolean>;
  /**
   * Sends a DAG as a CAR and has it pinned. One call, since the daemon collects no garbage while
   * it imports; blocks put one by one could be gone before they are pinned.
   * @throws StorageError as `isPinned`; whatever `car` throws
   */
  importDag(car: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /**
   * Does nothing when it is not pinned.
   * @throws StorageError as `isPinned`
   */
  unpin(root: CID, signal: AbortSignal): Promise<void>;
  /**
   * Tells the daemon's network who has this block. Daemons without this call do nothing: they
   * announce what they hold on their own schedule.
   * @throws StorageError as `isPinned`
   */
  provide(root: CID, signal: AbortSignal): Promise<void>;
  /**
   * Whether the daemon is there and obeys us.
   * @throws the signal's reason when it is aborted
   */
  answers(signal: AbortSignal): Promise<boolean>;
}

export interface KuboClientOptions {
  readonly api: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** Longest time in which nothing moves. */
  readonly timeoutMillis: number;
}

/** Longest answer that is read, blocks apart: they are a line or two. */
const MAX_ANSWER_BYTES = 64 * 1024;
const BOUNDARY = "deco-0f3a5d1c9b7e4826";

interface Call {
  readonly path: string;
  readonly query: Record<string, string>;
  readonly body?: AsyncIterable<Uint8Array>;
}

type Reply =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: number; readonly text: string };

export function kuboClient({ api, token, timeoutMillis }: KuboClientOptions): KuboClient {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };

  function post({ path, query, body }: Call, signal: AbortSignal): Promise<Response> {
    const url = `${api}/api/v0/${path}?${new URLSearchParams(query)}`;
    return fetch(url, {
      method: "POST",
      redirect: "error",
      signal,
      headers: {
        ...authorization,
        ...(body && { "content-type": `multipart/form-data; boundary=${BOUNDARY}` }),
      },
      ...(body && { body: streamOf(asForm(body)), duplex: "half" as const }),
    });
  }

  /** A call with a short answer. */
  async function call(request: Call, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    const watch = watchIdle(timeoutMillis, () => timeoutError(api, request.path, timeoutMillis));
    const ending = AbortSignal.any([signal, watch.signal]);
    const failing: { error?: unknown } = {};
    const body = request.body && watched(request.body, watch.moved, failing);
    try {
      const response = await raceSignal(
        post(body ? { ...request, body } : request, ending),
        ending,
      );
      watch.moved();
      const bytes =
        response.body === null ? undefined : await readAtMost(response.body, MAX_ANSWER_BYTES);
      const text = Buffer.from(bytes ?? []).toString("utf8");
      return response.ok ? { ok: true, text } : { ok: false, status: response.status, text };
    } catch (error) {
      ending.throwIfAborted();
      // The DAG could not be read here: not the daemon's fault.
      if (failing.error !== undefined) throw failing.error;
      throw unreachable(api, request.path, error);
    } finally {
      watch.end();
    }
  }

  async function isPinned(root: CID, signal: AbortSignal): Promise<boolean> {
    const query = { arg: root.toString(), type: "recursive" };
    const reply = await call({ path: "pin/ls", query }, signal);
    if (reply.ok) return true;
    if (/not pinned/i.test(reply.text)) return false;
    throw refused(api, "pin/ls", reply);
  }

  return {
    api,

    async getBlock(cid, signal) {
      try {
        const response = await post({ path: "block/get", query: { arg: cid.toString() } }, signal);
        if (response.ok && response.body !== null) return await readBlock(cid, response.body);
        const bytes = response.body && (await readAtMost(response.body, MAX_ANSWER_BYTES));
        const text = Buffer.from(bytes ?? []).toString("utf8");
        // What a daemon says that does not look further, being offline.
        if (response.status === 500 && /could not find|block not found/i.test(text)) {
          return { kind: "absent" };
        }
        return {
          kind: "failed",
          error: refused(api, "block/get", { status: response.status, text }),
        };
      } catch (error) {
        signal.throwIfAborted();
        return { kind: "failed", error: unreachable(api, "block/get", error) };
      }
    },

    isPinned,

    async importDag(car, signal) {
      const query = { "pin-roots": "true", "allow-big-block": "true" };
      const reply = await call({ path: "dag/import", query, body: car }, signal);
      const problem = reply.ok ? pinError(reply.text) : undefined;
      if (!reply.ok) throw refused(api, "dag/import", reply);
      if (problem) throw refused(api, "dag/import", { status: 200, text: problem });
    },

    async unpin(root, signal) {
      const query = { arg: root.toString(), recursive: "true" };
      const reply = await call({ path: "pin/rm", query }, signal);
      if (reply.ok || !(await isPinned(root, signal))) return;
      throw refused(api, "pin/rm", reply);
    },

    async provide(root, signal) {
      const query = { arg: root.toString() };
      const reply = await call({ path: "routing/provide", query }, signal);
      if (!reply.ok && reply.status !== 404) throw refused(api, "routing/provide", reply);
    },

    async answers(signal) {
      try {
        return (await call({ path: "version", query: {} }, signal)).ok;
      } catch {
        signal.throwIfAborted();
        return false;
      }
    },
  };
}

/**
 * The base URL of a daemon's RPC API.
 * @throws StorageError `address-invalid`
 */
export function parseKuboApi(api: string): string {
  const url = URL.parse(api);
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.username === "";
  if (plain && url.search === "" && url.hash === "") {
    return `${url.origin}${url.pathname}`.replace(/\/+$/, "").replace(/\/api\/v0$/, "");
  }
  throw new StorageError("address-invalid", "Not the URL of a Kubo daemon's RPC API", {
    remedy: "Use the form http://127.0.0.1:5001; a token is given apart.",
  });
}

/** The one file of a form, as the API wants uploads. */
async function* asForm(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="dag.car"\r\n` +
      "content-type: application/octet-stream\r\n\r\n",
  );
  yield* content;
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}

/** `ReadableStream.from`, which the types do not know. */
function streamOf(content: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const next = await content.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await content.return(undefined);
    },
  });
}

async function* watched(
  content: AsyncIterable<Uint8Array>,
  moved: () => void,
  failing: { error?: unknown },
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of content) {
      moved();
      yield chunk;
    }
  } catch (error) {
    failing.error = error;
    throw error;
  }
  moved();
}

/** A signal that is aborted when `moved` was not called for so long. */
function watchIdle(
  millis: number,
  error: () => StorageError,
): { readonly signal: AbortSignal; moved(): void; end(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(error()), millis);
  return {
    signal: controller.signal,
    moved: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  };
}

/** What an import says of a root that it did not pin; the answer is one JSON object a line. */
function pinError(text: string): string | undefined {
  return /"PinErrorMsg"\s*:\s*"((?:[^"\\]|\\.)+)"/.exec(text)?.[1];
}

function refused(
  api: string,
  path: string,
  { status, text }: { readonly status: number; readonly text: string },
): StorageError {
  const denied = status === 401 || status === 403;
  return new StorageError("kubo-refused", `${api} answered ${path}: ${status} ${brief(text)}`, {
    remedy: denied
      ? "Check the token, and that the daemon's API.Authorizations allow these calls."
      : "See the daemon's log.",
  });
}

function unreachable(api: string, path: string, cause: unknown): StorageError {
  return new StorageError("kubo-unreachable", `${api} did not answer ${path}`, {
    remedy: "Start the daemon, or correct the address of its RPC API.",
    cause,
  });
}

function timeoutError(api: string, path: string, millis: number): StorageError {
  return new StorageError("timeout", `${api}: nothing moved in ${path} for ${millis} ms`, {
    remedy: "Look whether the daemon is overloaded, or allow more time.",
  });
}

function brief(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
