import { ExecutorError } from "../../errors.ts";

const MAX_ANSWER = 2 ** 20;

/**
 * One HTTP exchange with the signer.
 * @returns the answer's text
 * @throws ExecutorError `signer-unreachable`, `signer-refused`
 */
export async function askSigner(
  url: URL,
  request: { readonly method: "GET" | "POST"; readonly body?: unknown },
  timeoutMillis: number,
): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: request.method,
      ...(request.body !== undefined && {
        body: JSON.stringify(request.body),
        headers: { "content-type": "application/json" },
      }),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMillis),
    });
    text = (await response.text()).slice(0, MAX_ANSWER);
  } catch (cause) {
    throw new ExecutorError("signer-unreachable", `The remote signer at ${url.origin} fails.`, {
      remedy: "Check key.signer.url and that the signer runs; transactions wait for it.",
      cause,
    });
  }
  if (response.ok) return text;
  throw refused(`HTTP ${response.status} ${text.slice(0, 200)}`.trim());
}

/** The signer answered, and will not sign. */
export function refused(detail: string): ExecutorError {
  return new ExecutorError("signer-refused", `The remote signer refuses: ${detail}.`, {
    remedy: "Check that it holds the operator key and serves execution-layer keys (eth1).",
  });
}
