import type { CID } from "multiformats/cid";
import { readBlock, type SourceAnswer } from "./source-answer.ts";

/**
 * Asks a trustless gateway for one raw block and verifies it. Redirects are not followed: the
 * operator named this host and no other.
 * @throws the signal's reason when it is aborted
 */
export async function askGateway(
  gateway: string,
  cid: CID,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  try {
    const response = await fetch(`${gateway}/ipfs/${cid.toString()}?format=raw`, {
      headers: { accept: "application/vnd.ipld.raw" },
      redirect: "error",
      signal,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const gone = response.status === 404 || response.status === 410;
      return gone ? { kind: "absent" } : { kind: "failed", error: `HTTP ${response.status}` };
    }
    return await readBlock(cid, response.body);
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", error };
  }
}
