import type { Libp2p } from "@libp2p/interface";
import type { CID } from "multiformats/cid";
import type { LocalBlocks } from "./blocks/local-blocks.ts";
import { requireVerifiable } from "./blocks/verify-block.ts";
import type { Catalogue } from "./catalogue/catalogue.ts";
import { cidToDigest, digestToCid, parseCid } from "./cid.ts";
import { buildFileFromDisk, buildFolderFromDisk } from "./disk/read-source.ts";
import { writeFileTarget, writeFolderTarget } from "./disk/write-target.ts";
import { StorageError } from "./errors.ts";
import { collectGarbage, discardStaged } from "./garbage.ts";
import { parseGateway } from "./gateway/gateway-url.ts";
import { requireDocumentSize } from "./hash-content.ts";
import type { BitswapNode } from "./network/bitswap-node.ts";
import { raceSignal } from "./network/race-signal.ts";
import { MAX_BLOCK_BYTES } from "./network/source-answer.ts";
import { beginOperation, type Operation, type OperationContext } from "./operation.ts";
import type * as api from "./storage.ts";
import { Budget } from "./unixfs/budget.ts";
import { type BuiltNode, buildFile, buildLeaf, type PutBlock } from "./unixfs/build-file.ts";
import { decodeNode, type FileNode, type FolderNode } from "./unixfs/decode-node.ts";
import { loadAhead } from "./unixfs/load-ahead.ts";
import { readFileNode } from "./unixfs/read-file.ts";
import { listDag, walkDag } from "./unixfs/walk-dag.ts";
import { walkFolder } from "./unixfs/walk-folder.ts";

export interface NodeStorageParts {
  readonly context: OperationContext;
  readonly blocks: LocalBlocks;
  readonly catalogue: Catalogue;
  /** Absent without peer-to-peer. */
  readonly node: BitswapNode | undefined;
  readonly durable: boolean;
  readonly limits: Required<api.FolderLimits>;
  readonly onEvent: (event: api.StorageEvent) => void;
  /** Aborts what runs, waits until it has ended, then ends the network and releases the folder. */
  readonly close: (untilIdle: () => Promise<unknown>) => Promise<void>;
}

const DOCUMENTS_AT_ONCE = 16;

/** {@link api.Storage} on Node: every method is one operation over the parts. */
export class NodeStorage implements api.Storage {
  readonly #parts: NodeStorageParts;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;
  #collecting: Promise<api.GarbageReport> | undefined;

  constructor(parts: NodeStorageParts) {
    this.#parts = parts;
  }

  async addBytes(bytes: Uint8Array, options: api.AddOptions): Promise<api.AddedFile> {
    return this.#add(options, (put) => buildFile(oneChunk(bytes), put));
  }

  async addDocument(bytes: Uint8Array, options: api.AddOptions): Promise<api.AddedDocument> {
    requireDocumentSize(bytes.byteLength);
    const { cid } = await this.#add(options, (put) => buildLeaf(bytes, put));
    return { cid, digest: cidToDigest(cid), bytes: bytes.byteLength };
  }

  async addFile(
    source: string | AsyncIterable<Uint8Array>,
    options: api.AddFileOptions,
  ): Promise<api.AddedFile> {
    const budget = new Budget({ maxBytes: options.maxBytes ?? Number.POSITIVE_INFINITY });
    return this.#add(options, (put, { signal }) =>
      typeof source === "string"
        ? buildFileFromDisk(source, { put, budget, signal })
        : buildFile(metered(source, budget, signal), put),
    );
  }

  async addFolder(path: string, options: api.AddFolderOptions): Promise<api.AddedFolder> {
    const budget = new Budget(options, { ...this.#parts.limits, maxBytes: Infinity });
    let files = 0;
    const added = await this.#add(options, async (put, { signal }) => {
      const built = await buildFolderFromDisk(path, { put, budget, signal });
      files = built.files;
      return built;
    });
    return { ...added, files };
  }

  async publish(cids: api.CidLike | readonly api.CidLike[]): Promise<void> {
    const roots = parseCids(cids);
    const { blocks, catalogue, durable } = this.#parts;
    await this.#run({ offline: true }, async (operation) => {
      const published: CID[] = [];
      for (const root of roots) {
        if (await this.#publishBlocks(root, operation.signal)) published.push(root);
      }
      // The public copies must be there before the staged ones go.
      if (durable) await blocks.flush();
      for (const root of published) catalogue.movePinFromStaged(root.toString());
    });
    // The public copies serve from now on; the staged ones of these roots are of no use.
    await discardStaged(blocks, catalogue, roots, this.#parts.context.closed);
  }

  async discard(cids: api.CidLike | readonly api.CidLike[]): Promise<void> {
    const { blocks, catalogue, context } = this.#parts;
    context.closed.throwIfAborted();
    const roots = parseCids(cids).filter((root) => catalogue.isStaged(root.toString()));
    await discardStaged(blocks, catalogue, roots, context.closed);
  }

  async flush(): Promise<void> {
    const { blocks, catalogue, context, durable } = this.#parts;
    context.closed.throwIfAborted();
    if (!durable) return;
    await this.#run({ offline: true }, async () => {
      // In this order: a root must not outlive its blocks.
      await blocks.flush();
      catalogue.flush();
    });
  }

  /** @returns whether it was staged; false when it is public already */
  async #publishBlocks(root: CID, signal: AbortSignal): Promise<boolean> {
    const { blocks, catalogue } = this.#parts;
    if (!catalogue.isStaged(root.toString())) {
      if (await blocks.hasPublic(root)) return false;
      throw new StorageError("not-staged", `${root.toString()} was not added as private here`, {
        remedy: "Publish only what this storage added with visibility private.",
      });
    }
    const dag: CID[] = [];
    for await (const member of listDag(root, (member) => blocks.load(member))) dag.push(member);
    // Leaves first: a peer that sees the root then finds everything below it.
    for (const member of dag.reverse()) {
      signal.throwIfAborted();
      await blocks.publish(member);
    }
    return true;
  }

  async staged(): Promise<api.CidString[]> {
    this.#parts.context.closed.throwIfAborted();
    return this.#parts.catalogue.staged();
  }

  async getBlock(cid: api.CidLike, options: api.BlockOptions = {}): Promise<Uint8Array> {
    const limit = Math.min(options.maxBytes ?? MAX_BLOCK_BYTES, MAX_BLOCK_BYTES);
    const block = await this.#run(options, ({ load }) => load(parseCid(cid)));
    if (block.byteLength > limit) {
      throw new StorageError("limit-exceeded", `The block exceeds ${limit} bytes`, {
        remedy: "Raise maxBytes, up to 2 MiB, if the block is expected to be this large.",
      });
    }
    return block;
  }

  async getDocument(
    document: api.DigestHex | api.CidLike,
    options: api.FetchOptions = {},
  ): Promise<Uint8Array> {
    return this.#run(options, (operation) => loadDocument(document, operation));
  }

  async *getDocuments(
    documents: Iterable<api.DigestHex | api.CidLike>,
    options: api.FetchOptions = {},
  ): AsyncGenerator<Uint8Array> {
    const operation = beginOperation(this.#parts.context, options);
    try {
      const load = (document: api.DigestHex | api.CidLike) => loadDocument(document, operation);
      for await (const { loaded } of loadAhead(documents, load, DOCUMENTS_AT_ONCE)) yield loaded;
    } finally {
      operation.end();
    }
  }

  async *readFile(cid: api.CidLike, options: api.ReadFileOptions = {}): AsyncGenerator<Uint8Array> {
    const operation = beginOperation(this.#parts.context, options);
    try {
      yield* readFileNode(await this.#loadFile(cid, options, operation), operation.load);
    } finally {
      operation.end();
    }
  }

  async downloadFile(
    cid: api.CidLike,
    path: string,
    options: api.ReadFileOptions = {},
  ): Promise<api.ContentStat> {
    return this.#run(options, async (operation) => {
      const node = await this.#loadFile(cid, options, operation);
      await writeFileTarget(path, node, operation.load);
      return { kind: "file", bytes: node.bytes, files: 1 };
    });
  }

  async downloadFolder(
    cid: api.CidLike,
    target: string,
    options: api.DownloadFolderOptions = {},
  ): Promise<api.ContentStat> {
    return this.#run(options, async (operation) => {
      const root = await this.#loadFolder(cid, operation);
      const tally = { bytes: 0, files: 0 };
      const budget = new Budget(options, this.#parts.limits);
      const entries = counted(walkFolder(root, operation.load, budget), tally);
      await writeFolderTarget(target, entries, operation.load);
      return { kind: "folder", ...tally };
    });
  }

  async pin(cid: api.CidLike, options: api.PinOptions = {}): Promise<void> {
    const root = parseCid(cid);
    const budget = new Budget({ maxBytes: options.maxBytes ?? this.#parts.limits.maxBytes });
    await this.#run(options, async ({ load }) => {
      for await (const { bytes } of walkDag(root, load)) budget.spendBytes(bytes.byteLength);
      if (options.holder === undefined) this.#parts.catalogue.pin(root.toString());
      else this.#parts.catalogue.hold(root.toString(), options.holder);
    });
  }

  async releaseHolds(prefix: string): Promise<void> {
    this.#parts.context.closed.throwIfAborted();
    this.#parts.catalogue.releaseHolds(prefix);
  }

  async unpin(cid: api.CidLike): Promise<void> {
    this.#parts.context.closed.throwIfAborted();
    this.#parts.catalogue.unpin(parseCid(cid).toString());
  }

  async pins(): Promise<api.CidString[]> {
    this.#parts.context.closed.throwIfAborted();
    return this.#parts.catalogue.pins();
  }

  async collectGarbage(options: { signal?: AbortSignal } = {}): Promise<api.GarbageReport> {
    // One collection serves all who ask meanwhile; each may stop waiting for it on its own.
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined;
    });
    const collecting = this.#collecting;
    return this.#run(options, ({ signal }) => raceSignal(collecting, signal));
  }

  async getPublicBlock(cid: api.CidLike): Promise<Uint8Array | undefined> {
    this.#parts.context.closed.throwIfAborted();
    const parsed = parseCid(cid);
    requireVerifiable(parsed);
    return this.#parts.blocks.loadPublic(parsed);
  }

  async has(cid: api.CidLike): Promise<boolean> {
    this.#parts.context.closed.throwIfAborted();
    return this.#parts.blocks.has(parseCid(cid));
  }

  async stat(cid: api.CidLike, options: api.DownloadFolderOptions = {}): Promise<api.ContentStat> {
    const root = parseCid(cid);
    return this.#run(options, async ({ load }) => {
      const node = decodeNode(root, await load(root));
      if (node.kind === "file") return { kind: "file", bytes: node.bytes, files: 1 };
      const tally = { bytes: 0, files: 0 };
      const budget = new Budget(options, this.#parts.limits);
      for await (const _ of counted(walkFolder(node, load, budget), tally));
      return { kind: "folder", ...tally };
    });
  }

  async connect(
    address: string,
    options: { signal?: AbortSignal; timeoutMillis?: number } = {},
  ): Promise<void> {
    const { node, context } = this.#parts;
    if (node === undefined) {
      throw new StorageError("peer-to-peer-disabled", "This storage has no peers", {
        remedy: "Open it with peerToPeer, or add a gateway instead.",
      });
    }
    const timeout = AbortSignal.timeout(options.timeoutMillis ?? context.defaultTimeoutMillis);
    const signal = AbortSignal.any([timeout, ...(options.signal ? [options.signal] : [])]);
    await this.#run({ signal }, (operation) => node.connect(address, operation.signal));
  }

  addGateway(gateway: string): void {
    this.#parts.context.closed.throwIfAborted();
    this.#parts.context.fetcher.addGateway(parseGateway(gateway));
  }

  get libp2p(): Libp2p | undefined {
    return this.#parts.node?.libp2p;
  }

  addresses(): string[] {
    return this.#parts.node?.addresses() ?? [];
  }

  peers(): string[] {
    return this.#parts.node?.peers() ?? [];
  }

  close(): Promise<void> {
    this.#closing ??= this.#parts.close(() => Promise.allSettled(this.#running));
    return this.#closing;
  }

  /** One operation from start to end; `close` waits for it after having aborted it. */
  async #run<T>(
    options: api.FetchOptions,
    action: (operation: Operation) => Promise<T>,
  ): Promise<T> {
    const operation = beginOperation(this.#parts.context, options);
    const running = action(operation);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      operation.end();
    }
  }

  async #add(
    options: api.AddOptions,
    build: (put: PutBlock, operation: Operation) => Promise<BuiltNode>,
  ): Promise<api.AddedFile> {
    const { catalogue } = this.#parts;
    return this.#run(options, async (operation) => {
      const built = await build(
        (cid, bytes) => operation.save(cid, bytes, options.visibility),
        operation,
      );
      const root = built.cid.toString();
      if (options.visibility === "private") catalogue.stage(root);
      else if (options.pin !== false) catalogue.pin(root);
      return { cid: root, bytes: built.bytes };
    });
  }

  async #loadFile(
    cid: api.CidLike,
    options: api.ReadFileOptions,
    operation: Operation,
  ): Promise<FileNode> {
    const root = parseCid(cid);
    const node = decodeNode(root, await operation.load(root));
    if (node.kind === "folder") {
      throw new StorageError("not-a-file", `${root.toString()} is a folder`, {
        remedy: "Download it as a folder.",
      });
    }
    const maxBytes = options.maxBytes ?? this.#parts.limits.maxBytes;
    new Budget({ maxBytes }).spendBytes(node.bytes);
    return node;
  }

  async #loadFolder(cid: api.CidLike, operation: Operation): Promise<FolderNode> {
    const root = parseCid(cid);
    const node = decodeNode(root, await operation.load(root));
    if (node.kind === "folder") return node;
    throw new StorageError("not-a-folder", `${root.toString()} is a file`, {
      remedy: "Download it as a file.",
    });
  }

  async #collect(): Promise<api.GarbageReport> {
    const { blocks, catalogue, context, onEvent } = this.#parts;
    context.closed.throwIfAborted();
    const report = await collectGarbage(blocks, catalogue, context.closed);
    onEvent({ type: "garbage-collected", report });
    return report;
  }
}

async function loadDocument(
  document: api.DigestHex | api.CidLike,
  { load }: Operation,
): Promise<Uint8Array> {
  const isDigest = typeof document === "string" && document.startsWith("0x");
  const digest = isDigest ? document : cidToDigest(document);
  const block = await load(parseCid(digestToCid(digest)));
  requireDocumentSize(block.byteLength);
  return block;
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Counts a caller's stream and leaves it when the signal is aborted, even if it hangs. */
async function* metered(
  source: AsyncIterable<Uint8Array>,
  budget: Budget,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await raceSignal(iterator.next(), signal);
      if (next.done === true) return;
      budget.spendBytes(next.value.byteLength);
      yield next.value;
    }
  } finally {
    // Not awaited: a generator that hangs would never return.
    iterator.return?.().catch(() => undefined);
  }
}

async function* counted<Entry extends { kind: string; node?: FileNode }>(
  entries: AsyncIterable<Entry>,
  tally: { bytes: number; files: number },
): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    if (entry.node !== undefined) {
      tally.bytes += entry.node.bytes;
      tally.files += 1;
    }
    yield entry;
  }
}

function parseCids(cids: api.CidLike | readonly api.CidLike[]): CID[] {
  return (Array.isArray(cids) ? cids : [cids]).map(parseCid);
}
