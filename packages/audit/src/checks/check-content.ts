import {
  bagSchema,
  bagTree,
  decodeDocument,
  documentDigest,
  inputDocumentSchema,
  programSchema,
  resultSchema,
} from "@deco-network/sdk";
import { bytesToHex, type Hex } from "viem";

import type { TaskEvidence } from "../evidence/task-evidence.ts";
import type { CheckList } from "../report.ts";

/** Where documents and files come from; what it returns is hashed here, whoever gave it. */
export interface ContentReader {
  /** The raw block with this SHA-256. */
  getDocument(digest: Hex, signal?: AbortSignal): Promise<Uint8Array>;
  /** A whole UnixFS file, each block verified against its CID. */
  readFile(cid: string, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** What the content of a task tells about what can be checked of it. */
export interface ContentFound {
  /** Input and result are for others to read. */
  readonly isPrivate: boolean;
}

/** Program, input and results are there, are what their digests say, and make up the accepted result. */
export async function checkContent(
  evidence: TaskEvidence,
  content: ContentReader,
  list: CheckList,
  signal?: AbortSignal,
): Promise<ContentFound> {
  const { request, accepted, ended } = evidence;
  // A result that waits for its windows is served too; one that fell need not be.
  const settled = evidence.settled ?? (ended ? undefined : accepted);
  await checkDocument("program", request.program, programSchema);
  const input = await checkDocument("input", request.input, inputDocumentSchema);
  if (input?.deco === "sealed-input/1") {
    // Nobody but the requester can be shown more; that nothing was shown is what can be checked.
    if (settled) list.equal("content", "result-withheld", "0x", settled.document);
    return { isPrivate: true };
  }
  const found = { isPrivate: false };
  if (!settled) return found;
  if (request.volume === 1) {
    await checkDocument("result", settled.digest, resultSchema);
    return found;
  }
  const manifest = await checkDocument("manifest", settled.digest, bagSchema);
  if (!manifest) return found;
  list.equal("content", "bag-count", request.volume, manifest.count);
  const digests = await read("item-list", manifest.items, () =>
    content.readFile(manifest.items, manifest.count * 32, signal),
  );
  if (!digests) return found;
  list.equal("content", "item-list-length", manifest.count * 32, digests.length);
  if (digests.length !== manifest.count * 32) return found;
  list.equal("content", "bag-root", bagTree(digests).root, settled.root);
  for (let index = 0; index < manifest.count; index++) {
    const digest = bytesToHex(digests.subarray(index * 32, index * 32 + 32));
    await checkDocument("item-result", digest, resultSchema, `item ${index}`);
  }
  return found;

  async function checkDocument<Schema extends Parameters<typeof decodeDocument>[0]>(
    name: string,
    digest: Hex,
    schema: Schema,
    of: string = digest,
  ): Promise<ReturnType<typeof decodeDocument<Schema>> | undefined> {
    const bytes = await read(name, of, () => content.getDocument(digest, signal));
    if (!bytes) return undefined;
    list.equal("content", `${name}-digest`, digest, documentDigest(bytes), of);
    try {
      const document = decodeDocument(schema, bytes);
      list.holds("content", `${name}-document`, true, "", of);
      return document;
    } catch (error) {
      list.holds("content", `${name}-document`, false, messageOf(error), of);
      return undefined;
    }
  }

  /** Content that cannot be had is a failed check: a result that nobody serves was not delivered. */
  async function read(
    name: string,
    of: string,
    get: () => Promise<Uint8Array>,
  ): Promise<Uint8Array | undefined> {
    try {
      return await get();
    } catch (error) {
      signal?.throwIfAborted();
      list.holds("content", `${name}-served`, false, messageOf(error), of);
      return undefined;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
