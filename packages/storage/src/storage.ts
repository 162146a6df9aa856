import type { Libp2p } from "@libp2p/interface";
import type { CID } from "multiformats/cid";

/** A CID as text, in the form its version prescribes (CIDv1: base32). */
export type CidString = string;

/** Wherever a CID is read, text and object are both accepted. */
export type CidLike = CID | string;

/** 32 bytes as `0x` and 64 lower-case hexadecimal digits: how the chain names a document. */
export type DigestHex = `0x${string}`;

/**
 * Who may obtain the blocks of an added DAG.
 *
 * - `public`: peers over bitswap and anyone through the gateway.
 * - `private`: this process only. The DAG is *staged* until `publish` or `discard`; blocks that
 *   are public already stay so. Staged roots survive a restart.
 */
export type Visibility = "public" | "private";

/** Bounds that hold while bytes stream; the first byte beyond one ends the operation. */
export interface FolderLimits {
  /** Sum of the sizes of all files, in bytes. */
  readonly maxBytes?: number;
  /** Number of files and folders together. */
  readonly maxFiles?: number;
  /** Levels below the root; a file directly in it has depth 1. */
  readonly maxDepth?: number;
}

export interface AddOptions {
  readonly visibility: Visibility;
  /** Keep through garbage collection until `unpin`. Default true; staged roots are always kept. */
  readonly pin?: boolean;
  readonly signal?: AbortSignal;
}

export interface AddFileOptions extends AddOptions {
  readonly maxBytes?: number;
}

export interface AddFolderOptions extends AddOptions, FolderLimits {}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** Longest wait for any single block, in milliseconds. Default: the storage's own. */
  readonly timeoutMillis?: number;
  /** Use only what is on this machine; a missing block is `block-not-found` at once. */
  readonly offline?: boolean;
}

export interface BlockOptions extends FetchOptions {
  /** Refuse a larger block. Default and most: 2 MiB, the largest block bitswap carries. */
  readonly maxBytes?: number;
}

export interface ReadFileOptions extends FetchOptions {
  readonly maxBytes?: number;
}

export interface DownloadFolderOptions extends FetchOptions, FolderLimits {}

export interface PinOptions extends FetchOptions {
  /**
   * On whose behalf. The DAG stays pinned as long as anybody has it pinned, so that letting go of one's own never unpins what
   * happens to be another's as well. Absent: what `unpin` ends.
   */
  readonly holder?: string;
  /** Sum of the sizes of all blocks, in bytes. */
  readonly maxBytes?: number;
}

export interface AddedFile {
  readonly cid: CidString;
  /** Length of the content. */
  readonly bytes: number;
}

export interface AddedDocument extends AddedFile {
  /** SHA-256 of the bytes, as it stands on-chain. */
  readonly digest: DigestHex;
}

export interface AddedFolder extends AddedFile {
  /** Number of files, folders not counted. */
  readonly files: number;
}

export interface ContentStat {
  readonly kind: "file" | "folder";
  /** Content bytes: the file's, or the sum over the folder's files. */
  readonly bytes: number;
  /** Number of files; 1 for a file. */
  readonly files: number;
}

export interface GarbageReport {
  readonly removedBlocks: number;
  readonly removedBytes: number;
  readonly keptBlocks: number;
}

/** What an operator may want to log or count; delivered synchronously, errors thrown are ignored. */
export type StorageEvent =
  | { readonly type: "peer-connected"; readonly peer: string }
  | { readonly type: "peer-disconnected"; readonly peer: string }
  | { readonly type: "dial-failed"; readonly address: string; readonly error: unknown }
  /** A block from this source did not hash to its CID and was thrown away. */
  | { readonly type: "source-lied"; readonly source: string; readonly cid: CidString }
  | { readonly type: "gateway-failed"; readonly gateway: string; readonly error: unknown }
  /** A block on disk was damaged; it was removed, and is fetched again when needed. */
  | { readonly type: "block-corrupt"; readonly cid: CidString }
  | { readonly type: "garbage-collected"; readonly report: GarbageReport }
  /** The Kubo daemon has this DAG pinned from now on. */
  | { readonly type: "kubo-kept"; readonly cid: CidString }
  /** The Kubo daemon need not keep this DAG for us any more. */
  | { readonly type: "kubo-released"; readonly cid: CidString }
  /** A call to the Kubo daemon failed, for one root or altogether; it is tried again. */
  | {
      readonly type: "kubo-failed";
      readonly api: string;
      readonly cid?: CidString;
      readonly error: unknown;
    }
  /** The Kubo daemon keeps a DAG and could not tell its network so at once. */
  | { readonly type: "kubo-not-announced"; readonly api: string; readonly error: unknown };

/** A Kubo daemon, by its RPC API. */
export interface KuboOptions {
  /** Base URL, such as `http://127.0.0.1:5001`. */
  readonly api: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** Longest time in which nothing moves in one call, blocks apart. Default 60,000 ms. */
  readonly timeoutMillis?: number;
  /** How often it is asked whether it still has everything. Default an hour. */
  readonly recheckMillis?: number;
}

export interface StorageOptions {
  /** Where blocks, pins and the peer key live; absent: memory only. One process at a time. */
  readonly folder?: string;
  /**
   * Run a libp2p node with bitswap. Default true. Without it only `gateways` are asked, nothing
   * listens, and opening takes a fraction of the time and memory.
   */
  readonly peerToPeer?: boolean;
  /** Multiaddrs to listen on, TCP or WebSocket (`/ws`). Default `["/ip4/127.0.0.1/tcp/0"]`. */
  readonly listen?: readonly string[];
  /** Multiaddrs (with `/p2p/<id>`) of peers to stay connected to; redialled when lost. */
  readonly peers?: readonly string[];
  /** Base URLs of trustless gateways asked beside the peers, or their `/http` multiaddrs. */
  readonly gateways?: readonly string[];
  /**
   * A daemon that is asked for blocks beside peers and gateways, and that keeps and announces
   * everything pinned and public here, until it is unpinned. It never sees what is staged. It
   * need not be up: nothing waits for it, and what it missed it is given later.
   */
  readonly kubo?: KuboOptions;
  /** Longest wait for one block unless the call says otherwise. Default 30,000 ms. */
  readonly timeoutMillis?: number;
  /** Bounds for downloads that name none. Defaults: 1 GiB, 100,000 entries, 64 levels. */
  readonly limits?: FolderLimits;
  /** Most simultaneous peer connections. Default 64. */
  readonly maxConnections?: number;
  /**
   * Whether `flush` and `publish` wait until the disk has the blocks. Default false: after a power
   * cut a block may be damaged, which is noticed, and content must be had again from elsewhere.
   */
  readonly durable?: boolean;
  readonly onEvent?: (event: StorageEvent) => void;
}

/**
 * Content-addressed storage of one process.
 *
 * Whatever comes from a peer or a gateway is hashed before anything uses it, and limits are
 * enforced while bytes arrive. Every wait ends: by success, by the operation's timeout, or by its
 * signal, with a {@link StorageError} (`timeout`, `aborted`). After `close` every method throws
 * `closed`.
 */
export interface Storage {
  /**
   * Adds bytes as a file: one raw block up to 1 MiB, else a UnixFS file.
   * @throws StorageError `disk-full`, `aborted`
   */
  addBytes(bytes: Uint8Array, options: AddOptions): Promise<AddedFile>;

  /**
   * Adds a canonical document as one raw block, so that its on-chain digest alone finds it.
   * @throws StorageError `document-too-large`
   */
  addDocument(bytes: Uint8Array, options: AddOptions): Promise<AddedDocument>;

  /**
   * Adds a regular file by path, or a stream, as UnixFS `unixfs-v1-2025`.
   * @throws StorageError `link-refused`, `special-file-refused`, `not-a-file`, `limit-exceeded`,
   *   `source-unreadable`
   */
  addFile(source: string | AsyncIterable<Uint8Array>, options: AddFileOptions): Promise<AddedFile>;

  /**
   * Adds a folder, names sorted by bytes, without modes or times. Links and special files
   * anywhere below refuse the whole folder.
   * @throws StorageError `not-a-folder`, `link-refused`, `special-file-refused`, `path-refused`
   *   (a name that is not UTF-8), `limit-exceeded`, `source-unreadable`
   */
  addFolder(path: string, options: AddFolderOptions): Promise<AddedFolder>;

  /**
   * Makes staged DAGs public and pins them; many are cheaper in one call. Publishing what is public
   * already does nothing, so it can be repeated after a crash.
   * @throws StorageError `not-staged` when the CID is neither staged nor public here
   */
  publish(cids: CidLike | readonly CidLike[]): Promise<void>;

  /**
   * Forgets staged DAGs; blocks that other staged DAGs share stay. Many are cheaper in one call;
   * repeating it does nothing.
   */
  discard(cids: CidLike | readonly CidLike[]): Promise<void>;

  /** CIDs added as private and neither published nor discarded yet. */
  staged(): Promise<CidString[]>;

  /**
   * One verified block. Blocks that had to be fetched are kept, publicly, until garbage
   * collection; this holds for every method that reads.
   * @throws StorageError `block-not-found`, `timeout`, `aborted`, `digest-mismatch`,
   *   `limit-exceeded`
   */
  getBlock(cid: CidLike, options?: BlockOptions): Promise<Uint8Array>;

  /**
   * The document with this on-chain digest (or CIDv1 raw sha2-256).
   * @throws StorageError as `getBlock`; `document-too-large`; `cid-invalid`, `digest-invalid`
   */
  getDocument(document: DigestHex | CidLike, options?: FetchOptions): Promise<Uint8Array>;

  /**
   * Many documents in the order asked, such as the items of a bag. Round trips overlap: up to 16
   * documents are under way at once. Nothing is fetched before iteration starts.
   * @throws StorageError as `getDocument`
   */
  getDocuments(
    documents: Iterable<DigestHex | CidLike>,
    options?: FetchOptions,
  ): AsyncIterable<Uint8Array>;

  /**
   * Streams a file. Nothing is fetched before iteration starts; ending it early stops fetching.
   * @throws StorageError as `getBlock`; `not-a-file`, `link-refused`, `dag-invalid`
   */
  readFile(cid: CidLike, options?: ReadFileOptions): AsyncIterable<Uint8Array>;

  /**
   * Writes a file to `path`, which must not exist. The file appears complete or not at all.
   * @throws StorageError as `readFile`; `target-exists`, `target-unwritable`, `disk-full`
   */
  downloadFile(cid: CidLike, path: string, options?: ReadFileOptions): Promise<ContentStat>;

  /**
   * Writes a folder to `target`, which must be absent or an empty folder. Names that could leave
   * it are refused. The folder appears complete or not at all.
   * @throws StorageError as `downloadFile`; `not-a-folder`, `path-refused`
   */
  downloadFolder(
    cid: CidLike,
    target: string,
    options?: DownloadFolderOptions,
  ): Promise<ContentStat>;

  /**
   * Keeps a DAG through garbage collection, fetching what is missing first.
   * @throws StorageError as `getBlock`; `dag-invalid`
   */
  pin(cid: CidLike, options?: PinOptions): Promise<void>;

  /** Lets garbage collection take a DAG. Unpinning what is not pinned does nothing. */
  unpin(cid: CidLike): Promise<void>;

  /** Lets go of all that holders whose name begins so have pinned. */
  releaseHolds(prefix: string): Promise<void>;

  pins(): Promise<CidString[]>;

  /**
   * Returns when everything added, pinned or published before survives a power cut; to be awaited
   * before anything that cannot be taken back names it. Does nothing unless opened `durable`.
   * @throws StorageError `disk-full`
   */
  flush(): Promise<void>;

  /**
   * Removes blocks reachable from no pin, no staged root and no operation under way. Everything
   * else may go on meanwhile.
   */
  collectGarbage(options?: { readonly signal?: AbortSignal }): Promise<GarbageReport>;

  /**
   * A verified block that anyone may have: on this machine and not merely staged. This is what
   * the gateway serves; it never fetches.
   */
  getPublicBlock(cid: CidLike): Promise<Uint8Array | undefined>;

  /** Whether this one block is on this machine, public or staged. */
  has(cid: CidLike): Promise<boolean>;

  /**
   * Kind and size of a file or folder. Fetches folders and file roots, not the files' inner
   * blocks, so sizes are what the roots declare; a download checks them.
   * @throws StorageError as `readFile`
   */
  stat(cid: CidLike, options?: DownloadFolderOptions): Promise<ContentStat>;

  /**
   * Connects to a peer once. The multiaddr ends in `/p2p/<peer id>`.
   * @throws StorageError `address-invalid`, `peer-unreachable`, `timeout`, `aborted`,
   *   `peer-to-peer-disabled`
   */
  connect(
    address: string,
    options?: { readonly signal?: AbortSignal; readonly timeoutMillis?: number },
  ): Promise<void>;

  /**
   * Asks a trustless gateway from now on, beside peers and other gateways. URL or `/http`
   * multiaddr; adding one twice changes nothing.
   * @throws StorageError `address-invalid`
   */
  addGateway(gateway: string): void;

  /**
   * The node itself, for further protocols on the same connections; undefined without
   * peer-to-peer. It belongs to the storage, which stops it.
   */
  readonly libp2p: Libp2p | undefined;

  /** This node's listening multiaddrs, each with `/p2p/<peer id>`; empty without peer-to-peer. */
  addresses(): string[];

  /** Ids of the connected peers. */
  peers(): string[];

  /** Ends operations under way with `closed`, stops listening, releases the folder. Idempotent. */
  close(): Promise<void>;
}
