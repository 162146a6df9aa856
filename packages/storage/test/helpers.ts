import { createCipheriv, createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { expect, onTestFinished, vi } from "vitest";
import { openStorage, type Storage, type StorageOptions } from "../src/index.ts";

// Real nodes, disks and sockets: on a busy machine any test may take several times its second.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

/** A folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "deco-storage-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A storage that is closed when the test ends. */
export async function openTestStorage(options: StorageOptions = {}): Promise<Storage> {
  const storage = await openStorage(options);
  onTestFinished(() => storage.close());
  return storage;
}

/** A storage without peers: quick to open, for tests that need none. */
export async function openOffline(options: StorageOptions = {}): Promise<Storage> {
  return openTestStorage({ peerToPeer: false, ...options });
}

/** Two peers in memory, the second connected to the first. */
export async function openPair(
  first: StorageOptions = {},
  second: StorageOptions = {},
): Promise<[Storage, Storage]> {
  const [a, b] = await Promise.all([openTestStorage(first), openTestStorage(second)]);
  await b.connect(addressOf(a));
  return [a, b];
}

export function addressOf(storage: Storage): string {
  const [address] = storage.addresses();
  if (address === undefined) throw new TypeError("the storage listens nowhere");
  return address;
}

/** An HTTP server on loopback that ends with the test; returns its base URL. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A gateway that serves exactly these blocks, and remembers what it was asked for. */
export async function serveBlocks(
  blocks: readonly Block[],
): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    const cid = /\/ipfs\/(\w+)/.exec(request.url ?? "")?.[1] ?? "";
    asked.push(cid);
    const block = blocks.find((candidate) => candidate.cid.toString() === cid);
    if (block === undefined) response.writeHead(404).end();
    else response.writeHead(200).end(block.bytes);
  });
  return { url, asked };
}

/** `size` bytes of the ChaCha20 key stream under SHA-256(seed), as Kubo's own tests make them. */
export function seededBytes(size: number, seed: string): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("chacha20", key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

export interface Block {
  readonly cid: CID;
  readonly bytes: Uint8Array;
}

export async function rawBlock(bytes: Uint8Array): Promise<Block> {
  return { cid: CID.createV1(0x55, await sha256.digest(bytes)), bytes };
}

export async function pbBlock(bytes: Uint8Array): Promise<Block> {
  return { cid: CID.createV1(dagPb.code, await sha256.digest(bytes)), bytes };
}

/** A UnixFS node as a block, well-formed or not, as the arguments have it. */
export async function unixfsBlock(
  unixfs: ConstructorParameters<typeof UnixFS>[0],
  links: readonly { readonly Name: string; readonly Hash: CID; readonly Tsize?: number }[] = [],
): Promise<Block> {
  const node = { Data: new UnixFS(unixfs).marshal(), Links: links.map((link) => ({ ...link })) };
  return pbBlock(dagPb.encode(dagPb.prepare(node)));
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Asserts that an operation fails with a storage error of this code. */
export async function expectCode(operation: Promise<unknown>, code: string): Promise<void> {
  await expect(operation).rejects.toMatchObject({ name: "StorageError", code });
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), {
    timeout: 15_000,
    interval: 20,
  });
}
