import {
  hashJob,
  type JobDraft,
  type LoadedJob,
  type PublishedJob,
  storedDraft,
} from "@deco-network/requester";
import { buildRequest, parseAmount, type Request, repeatRequest } from "@deco-network/sdk";
import { getParameters, getToken, type TokenInfo } from "@deco-network/sdk/actions";
import { openStorage } from "@deco-network/storage";
import type { Address } from "viem";
import { getBlock } from "viem/actions";

import type { CommandContext } from "./command-context.ts";
import { openContentSources } from "./content-sources.ts";
import type { OpenMarket } from "./open-market.ts";

/** A job whose request is known; nothing is stored or sent yet. */
export interface PreparedJob {
  readonly content: PublishedJob;
  readonly request: Request;
  /** Payment token. */
  readonly token: TokenInfo;
}

/**
 * Hashes a job's content and completes its request with the chain's values.
 * @param allocated Who gives the seats; absent: they are drawn.
 * @throws RequesterError, DecoDocumentError, DecoUsageError, StorageError for what is wrong with the job
 */
export async function prepareJob(
  context: CommandContext,
  market: OpenMarket,
  job: LoadedJob,
  requester: Address,
  allocated: Partial<Pick<Request, "allocator" | "allocatorWindow">> = {},
): Promise<PreparedJob> {
  const { client, deployment } = market;
  const { signal } = context;
  const content = await hashJob(job.draft, {
    signal,
    read: (cid) => readStored(context, market, cid),
  });
  const named = job.document.price.token;
  const address = named === undefined || named === "DECO" ? deployment.token : (named as Address);
  const [token, deco, parameters, { timestamp }] = await Promise.all([
    getToken(client, { deployment, token: address }),
    getToken(client, { deployment }),
    getParameters(client, { deployment, token: address }),
    getBlock(client),
  ]);
  const request = buildRequest({
    job: job.document,
    requester,
    program: content.program,
    programDocument: content.programDocument,
    input: content.input,
    volume: content.volume,
    ...{ token, deco, parameters, timestamp: Number(timestamp) },
  });
  return { content, request: { ...request, ...allocated }, token };
}

/**
 * Prepares a task's job to be run once more, as a task of its own.
 * @param maxPrice As a decimal number of the task's token; absent: as before.
 * @throws RequesterError `job-invalid`; StorageError when nobody holds the content any more
 */
export async function prepareAgain(
  context: CommandContext,
  market: OpenMarket,
  before: Request,
  { requester, maxPrice }: { readonly requester: Address; readonly maxPrice?: string | undefined },
): Promise<PreparedJob & { readonly draft: JobDraft }> {
  const { client, deployment } = market;
  const { signal } = context;
  const read = (cid: string) => readStored(context, market, cid);
  const draft = await storedDraft(before, read);
  const content = await hashJob(draft, { signal, read });
  const [token, parameters, { timestamp }] = await Promise.all([
    getToken(client, { deployment, token: before.token }),
    getParameters(client, { deployment, token: before.token }),
    getBlock(client),
  ]);
  const request = repeatRequest({
    ...{ request: before, requester, parameters, timestamp: Number(timestamp) },
    ...(maxPrice !== undefined && { maxPrice: parseAmount(maxPrice, token) }),
  });
  return { content, request, token, draft };
}

/** Content that is named by its CID is on this machine or at the providers' gateways. */
async function readStored(
  context: CommandContext,
  market: OpenMarket,
  cid: string,
): Promise<Uint8Array> {
  const { signal } = context;
  const sources = await openContentSources(context, market);
  const storage = await openStorage({ peerToPeer: false, gateways: sources.gateways });
  try {
    return await storage.getDocument(cid, { signal });
  } finally {
    await storage.close();
    await sources.close();
  }
}
