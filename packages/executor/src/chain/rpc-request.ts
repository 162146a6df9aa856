import { RpcRequestError } from "viem";

import { RpcFailure } from "./rpc-failure.ts";

export interface RpcCall {
  readonly method: string;
  readonly params?: unknown;
}

/** JSON-RPC error codes by which endpoints say that they are asked too often. */
const LIMITED = [-32_005, -32_029];

/**
 * Asks one endpoint once.
 * @throws RpcRequestError what the node answered, for whoever asked; RpcFailure when there is no
 *   answer that means anything
 */
export async function rpcRequest(
  url: string,
  call: RpcCall,
  { timeoutMillis, signal }: { readonly timeoutMillis: number; readonly signal: AbortSignal },
): Promise<unknown> {
  const body = { jsonrpc: "2.0", id: 1, method: call.method, params: call.params ?? [] };
  const timeout = AbortSignal.timeout(timeoutMillis);
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.any([timeout, signal]),
    });
    if (response.status === 429) {
      const retryAfterMillis = retryAfter(response.headers.get("retry-after"));
      throw new RpcFailure("endpoint-rate-limited", "HTTP 429", { retryAfterMillis });
    }
    // The body is read under the same timeout: a server may stop in the middle of it.
    text = await response.text();
    if (!response.ok && !text.startsWith("{")) {
      throw new RpcFailure("endpoint-failing", `HTTP ${response.status}`);
    }
  } catch (cause) {
    if (cause instanceof RpcFailure) throw cause;
    const code = timeout.aborted ? "endpoint-timeout" : "endpoint-dropped";
    throw new RpcFailure(code, cause instanceof Error ? cause.message : String(cause), { cause });
  }
  return readAnswer(text, body, url);
}

function readAnswer(text: string, body: { readonly method: string }, url: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new RpcFailure("endpoint-malformed", "The answer is no JSON.", { cause });
  }
  if (typeof answer === "object" && answer !== null) {
    if ("error" in answer && isRpcError(answer.error)) {
      const { error } = answer;
      if (LIMITED.includes(error.code)) {
        throw new RpcFailure("endpoint-rate-limited", error.message);
      }
      throw new RpcRequestError({ body, error, url });
    }
    if ("result" in answer) return answer.result;
  }
  throw new RpcFailure("endpoint-malformed", "The answer has neither result nor error.");
}

function isRpcError(error: unknown): error is { code: number; message: string; data?: unknown } {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "number" &&
    "message" in error &&
    typeof error.message === "string"
  );
}

/** Seconds, or a date; undefined when it says nothing. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const millis = /^\d+$/.test(header.trim())
    ? Number(header) * 1_000
    : Date.parse(header) - Date.now();
  return Number.isFinite(millis) && millis >= 0 ? millis : undefined;
}
