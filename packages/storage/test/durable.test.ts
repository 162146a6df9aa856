import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { collect, openOffline, temporaryFolder } from "./helpers.ts";

const visibility = "private" as const;

/** Counts what is asked of the disk from now on. */
async function spyOnSync(folder: string) {
  const handle = await open(join(folder, "probe"), "w");
  await handle.close();
  const spy = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, "sync");
  onTestFinished(() => spy.mockRestore());
  return spy;
}

it("has every block on disk after a flush, once", async () => {
  const folder = await temporaryFolder();
  const storage = await openOffline({ folder, durable: true });
  const sync = await spyOnSync(folder);
  const one = new Uint8Array(2_500_000).fill(1); // Two chunks that are the same, another, their root.
  await storage.addBytes(one, { visibility });
  expect(sync).not.toHaveBeenCalled();
  await storage.flush();
  // Three blocks, the shards they are in, the folder of all shards.
  expect(sync.mock.calls.length).toBeGreaterThanOrEqual(3 + 1 + 1);
  sync.mockClear();
  await storage.flush();
  expect(sync).not.toHaveBeenCalled();
});

it("has public copies on disk before the staged ones go", async () => {
  const folder = await temporaryFolder();
  const storage = await openOffline({ folder, durable: true });
  const { cid } = await storage.addBytes(new Uint8Array([1, 2, 3]), { visibility });
  await storage.flush();
  const stagedAtSync: Promise<string[]>[] = [];
  const sync = await spyOnSync(folder);
  sync.mockImplementation(function (this: FileHandle) {
    stagedAtSync.push(storage.staged());
    return this.datasync();
  });
  await storage.publish(cid);
  expect(stagedAtSync.length).toBeGreaterThan(0);
  for (const staged of await Promise.all(stagedAtSync)) expect(staged).toEqual([cid]);
  expect(await storage.staged()).toEqual([]);
  expect([...(await collect(storage.readFile(cid, { offline: true })))]).toEqual([1, 2, 3]);
});

it("does not flush what was discarded", async () => {
  const folder = await temporaryFolder();
  const storage = await openOffline({ folder, durable: true });
  const { cid } = await storage.addBytes(new Uint8Array([1, 2, 3]), { visibility });
  await storage.discard(cid);
  const sync = await spyOnSync(folder);
  await storage.flush();
  expect(sync).not.toHaveBeenCalled();
});

it("asks nothing of the disk unless told to", async () => {
  const folder = await temporaryFolder();
  const storage = await openOffline({ folder });
  const sync = await spyOnSync(folder);
  const { cid } = await storage.addBytes(new Uint8Array([1, 2, 3]), { visibility });
  await storage.flush();
  await storage.publish(cid);
  expect(sync).not.toHaveBeenCalled();
});
