import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FsBlockstore } from "blockstore-fs";
import { describe, expect, it } from "vitest";
import { hashBytes, openStorage, parseCid, type StorageEvent } from "../src/index.ts";
import {
  addressOf,
  collect,
  expectCode,
  openOffline,
  openPair,
  seededBytes,
  serveBlocks,
  temporaryFolder,
  unixfsBlock,
} from "./helpers.ts";

const PUBLIC = { visibility: "public" } as const;
const PRIVATE = { visibility: "private" } as const;

describe("garbage collection", () => {
  it("keeps what is pinned and removes the rest", async () => {
    const storage = await openOffline({ folder: await temporaryFolder() });
    const kept = await storage.addBytes(seededBytes(2_100_000, "kept"), PUBLIC);
    const dropped = await storage.addBytes(seededBytes(2_100_000, "dropped"), PUBLIC);
    const loose = await storage.addBytes(Buffer.from("loose"), { ...PUBLIC, pin: false });
    await storage.unpin(dropped.cid);
    expect(await storage.pins()).toEqual([kept.cid]);

    // Three leaves and a root went, and the loose block.
    const report = await storage.collectGarbage();
    expect(report).toMatchObject({ removedBlocks: 5, keptBlocks: 4 });
    expect(report.removedBytes).toBeGreaterThan(2_100_005);
    expect((await collect(storage.readFile(kept.cid, { offline: true }))).byteLength).toBe(
      2_100_000,
    );
    expect(await storage.has(dropped.cid)).toBe(false);
    expect(await storage.has(loose.cid)).toBe(false);
    expect(await storage.collectGarbage()).toMatchObject({ removedBlocks: 0, keptBlocks: 4 });
  });

  it("keeps what a holder pinned until that one lets go, whoever else lets go of it", async () => {
    const folder = await temporaryFolder();
    const storage = await openOffline({ folder });
    const { cid } = await storage.addBytes(Buffer.from("twice"), PUBLIC);
    await storage.pin(cid, { holder: "task 1/first" });
    await storage.pin(cid, { holder: "task 1/first" });
    await storage.pin(cid, { holder: "task 2/first" });
    await storage.unpin(cid);
    await storage.releaseHolds("task 1/");
    expect(await storage.pins()).toEqual([cid]);
    await storage.close();

    const again = await openOffline({ folder });
    expect(await again.collectGarbage()).toMatchObject({ removedBlocks: 0, keptBlocks: 1 });
    await again.releaseHolds("task 2/first");
    expect(await again.pins()).toEqual([]);
    expect(await again.collectGarbage()).toMatchObject({ removedBlocks: 1 });
  });

  it("keeps blocks that a pinned DAG shares with an unpinned one", async () => {
    const storage = await openOffline();
    const shared = seededBytes(1024 * 1024, "shared");
    const one = await storage.addBytes(Buffer.concat([shared, Buffer.from("1")]), PUBLIC);
    const two = await storage.addBytes(Buffer.concat([shared, Buffer.from("2")]), PUBLIC);
    await storage.unpin(two.cid);
    expect(await storage.collectGarbage()).toMatchObject({ removedBlocks: 2, keptBlocks: 3 });
    expect((await collect(storage.readFile(one.cid))).subarray(0, -1)).toEqual(shared);
  });

  it("removes what was fetched, unless it is pinned", async () => {
    const [a, b] = await openPair();
    const cached = await a.addBytes(Buffer.from("cached"), PUBLIC);
    const pinned = await a.addBytes(seededBytes(1_200_000, "pinned"), PUBLIC);
    await b.getBlock(cached.cid);
    await b.pin(pinned.cid);
    expect(await b.collectGarbage()).toMatchObject({ removedBlocks: 1, keptBlocks: 3 });
    expect(await collect(b.readFile(pinned.cid, { offline: true }))).toEqual(
      seededBytes(1_200_000, "pinned"),
    );
    // What was removed can be fetched again from the same peer.
    expect(Buffer.from(await b.getBlock(cached.cid)).toString()).toBe("cached");
  });

  it("takes nothing from operations under way", async () => {
    const storage = await openOffline({ folder: await temporaryFolder() });
    const bytes = seededBytes(6_000_000, "slow");
    async function* slowly() {
      for (let at = 0; at < bytes.byteLength; at += 500_000) {
        yield bytes.subarray(at, at + 500_000);
        await storage.collectGarbage();
      }
    }
    const { cid } = await storage.addFile(slowly(), PUBLIC);
    expect(await collect(storage.readFile(cid, { offline: true }))).toEqual(bytes);
  });

  it("takes nothing from adds that end while it runs", async () => {
    const storage = await openOffline({ folder: await temporaryFolder() });
    for (let count = 0; count < 200; count++) {
      await storage.addBytes(Buffer.from(`old ${count}`), { ...PUBLIC, pin: false });
    }
    const adds = Array.from({ length: 100 }, (_, index) =>
      storage.addBytes(Buffer.from(`new ${index}`), PUBLIC),
    );
    const [report, ...added] = await Promise.all([storage.collectGarbage(), ...adds]);
    expect(report.removedBlocks).toBeLessThanOrEqual(200);
    for (const { cid } of added) await storage.getBlock(cid, { offline: true });
  });

  it("keeps a pinned block whose links it cannot read", async () => {
    const block = await unixfsBlock({ type: "symlink", data: Buffer.from("x") });
    const { url } = await serveBlocks([block]);
    const storage = await openOffline({ gateways: [url] });
    await storage.pin(block.cid);
    expect(await storage.collectGarbage()).toMatchObject({ removedBlocks: 0, keptBlocks: 1 });
  });

  it("can be waited for only so long", async () => {
    const storage = await openOffline();
    await expectCode(storage.collectGarbage({ signal: AbortSignal.abort() }), "aborted");
  });
});

describe("pinning", () => {
  it("ends at its limit and then keeps nothing", async () => {
    const [a, b] = await openPair();
    const { cid } = await a.addBytes(seededBytes(5_000_000, "large"), PUBLIC);
    await expectCode(b.pin(cid, { maxBytes: 4_000_000 }), "limit-exceeded");
    expect(await b.pins()).toEqual([]);
  });
});

describe("staging", () => {
  it("survives garbage collection, and ends by discarding", async () => {
    const storage = await openOffline({ folder: await temporaryFolder() });
    const { cid } = await storage.addBytes(seededBytes(2_100_000, "staged"), PRIVATE);
    expect(await storage.collectGarbage()).toMatchObject({ removedBlocks: 0, keptBlocks: 4 });
    expect(await storage.getPublicBlock(cid)).toBeUndefined();
    await storage.discard(cid);
    await storage.discard(cid);
    expect(await storage.staged()).toEqual([]);
    expect(await storage.has(cid)).toBe(false);
    expect(await storage.collectGarbage()).toMatchObject({ removedBlocks: 0, keptBlocks: 0 });
  });

  it("keeps blocks that other staged content shares", async () => {
    const storage = await openOffline();
    const shared = seededBytes(1024 * 1024, "shared");
    const one = await storage.addBytes(Buffer.concat([shared, Buffer.from("1")]), PRIVATE);
    const two = await storage.addBytes(Buffer.concat([shared, Buffer.from("2")]), PRIVATE);
    await storage.discard(one.cid);
    const read = await collect(storage.readFile(two.cid, { offline: true }));
    expect(read.subarray(0, -1)).toEqual(shared);
    expect(await storage.has(one.cid)).toBe(false);
  });

  it("leaves public what was public before", async () => {
    const storage = await openOffline();
    const bytes = Buffer.from("known to all");
    const { cid } = await storage.addBytes(bytes, PUBLIC);
    await storage.addBytes(bytes, PRIVATE);
    await storage.discard(cid);
    expect(await storage.getPublicBlock(cid)).toBeDefined();
    expect(await storage.pins()).toEqual([cid]);
  });

  it("publishes only what was staged, as often as one likes", async () => {
    const storage = await openOffline();
    const { cid } = await storage.addBytes(seededBytes(1_100_000, "staged"), PRIVATE);
    await storage.publish(cid);
    await storage.publish(cid);
    expect(await storage.collectGarbage()).toMatchObject({ removedBlocks: 0, keptBlocks: 3 });
    const { cid: unknown } = await hashBytes(Buffer.from("unknown"));
    await expectCode(storage.publish(unknown), "not-staged");
  });
});

describe("reopening a folder", () => {
  it("finds blocks, pins, staged roots and the peer's identity again", async () => {
    const folder = await temporaryFolder();
    const bytes = seededBytes(2_500_000, "durable");
    const before = await openStorage({ folder });
    const shown = await before.addBytes(bytes, PUBLIC);
    const hidden = await before.addBytes(Buffer.from("hidden"), PRIVATE);
    const identity = addressOf(before).split("/p2p/")[1];
    await before.close();

    const after = await openStorage({ folder });
    expect(addressOf(after).split("/p2p/")[1]).toBe(identity);
    expect(await after.pins()).toEqual([shown.cid]);
    expect(await after.staged()).toEqual([hidden.cid]);
    expect(await collect(after.readFile(shown.cid, { offline: true }))).toEqual(bytes);
    expect(await after.getPublicBlock(hidden.cid)).toBeUndefined();
    await after.close();
  });

  it("is refused while another has it open", async () => {
    const folder = await temporaryFolder();
    const first = await openOffline({ folder });
    await expectCode(openStorage({ folder, peerToPeer: false }), "folder-in-use");
    await first.close();
    await openOffline({ folder });
  });

  it("is refused by name when it is no folder", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    await expectCode(openStorage({ folder: file, peerToPeer: false }), "folder-unusable");
  });

  it("removes what a killed process was still writing", async () => {
    const folder = await temporaryFolder();
    await (await openStorage({ folder, peerToPeer: false })).close();
    await writeFile(join(folder, "blocks", ".tmp", "half"), "ha");
    await openOffline({ folder });
    expect(await readdir(join(folder, "blocks", ".tmp"))).toEqual([]);
  });
});

describe("blocks on disk", () => {
  it("are noticed when damaged, and fetched anew", async () => {
    const folder = await temporaryFolder();
    const bytes = Buffer.from("precious");
    const { cid } = await hashBytes(bytes);
    const { url } = await serveBlocks([{ cid: parseCid(cid), bytes }]);
    const events: StorageEvent[] = [];
    const storage = await openOffline({
      folder,
      gateways: [url],
      onEvent: (event) => events.push(event),
    });
    await storage.addBytes(bytes, PUBLIC);
    const file = await onlyBlockFile(folder);
    await writeFile(file, "damaged!");
    expect(await storage.getPublicBlock(cid)).toBeUndefined();
    expect(events).toEqual([{ type: "block-corrupt", cid }]);
    expect(Buffer.from(await storage.getBlock(cid))).toEqual(bytes);
    expect(await readFile(file)).toEqual(bytes);
  });

  it("lie where Helia's own block store looks for them", async () => {
    const folder = await temporaryFolder();
    const storage = await openOffline({ folder });
    const { cid } = await storage.addDocument(Buffer.from("shared layout"), PUBLIC);
    const theirs = new FsBlockstore(join(folder, "blocks"));
    await theirs.open();
    expect((await collect(theirs.get(parseCid(cid)))).toString()).toBe("shared layout");
  });

  it("that vanish count as absent", async () => {
    const folder = await temporaryFolder();
    const storage = await openOffline({ folder });
    const { cid } = await storage.addDocument(Buffer.from("gone"), PUBLIC);
    await rm(await onlyBlockFile(folder));
    expect(await storage.has(cid)).toBe(false);
    await expectCode(storage.getBlock(cid), "block-not-found");
  });
});

async function onlyBlockFile(folder: string): Promise<string> {
  const names = await readdir(join(folder, "blocks"), { recursive: true });
  const [name] = names.filter((candidate) => candidate.endsWith(".data"));
  if (name === undefined) throw new TypeError("no block on disk");
  return join(folder, "blocks", name);
}
