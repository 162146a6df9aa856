import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  type CacheEvent,
  type Download,
  MaterialCache,
  type Wanted,
} from "../../src/cache/material-cache.ts";
import { random } from "../support/random.ts";

let parent: string;
let folder: string;
let events: CacheEvent[];
let warned: unknown[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "deco-cache-"));
  folder = join(parent, "cache");
  events = [];
  warned = [];
});
afterEach(() => rm(parent, { recursive: true }));

const open = (maxBytes: number, isLive = (_holder: string) => true) =>
  MaterialCache.open({
    ...{ folder, maxBytes, isLive, onEvent: (event) => void events.push(event) },
    logger: { warn: (line: unknown) => void warned.push(line) },
  } as Parameters<typeof MaterialCache.open>[0]);
const file = (cid: string): Wanted => ({ use: "program", kind: "file", cid });
const inputs = (cid: string): Wanted => ({ use: "input", kind: "folder", cid });
const never: Download = () => Promise.reject(new RangeError("downloaded"));
/** As many bytes as asked for, all alike. */
const bytes =
  (count: number, byte = "x"): Download =>
  async (path) => {
    await writeFile(path, byte.repeat(count));
    return { bytes: count };
  };
const twoFiles: Download = async (path) => {
  await mkdir(join(path, "sub"), { recursive: true });
  await writeFile(join(path, "a"), "one");
  await writeFile(join(path, "sub", "b"), "two");
  return { bytes: 6 };
};
const outcomes = () => events.map(({ type }) => type);

describe("MaterialCache", () => {
  it("gives what is there without fetching it, to whoever asks next", async () => {
    const cache = await open(100);
    const first = await cache.hold("task-1", file("a"), bytes(10));
    expect(await readFile(first.path, "utf8")).toBe("x".repeat(10));
    expect(await cache.hold("task-2", file("a"), never)).toEqual(first);
    expect(events).toEqual([
      { type: "miss", use: "program", bytes: 10 },
      { type: "hit", use: "program", bytes: 10 },
    ]);
    // The same name as a folder is other content.
    const asFolder = await cache.hold("task-1", inputs("a"), twoFiles);
    expect(await readFile(join(asFolder.path, "sub", "b"), "utf8")).toBe("two");
    expect(cache.bytes).toBe(16);
  });

  it("removes what was used longest ago, and counts what it removes", async () => {
    const cache = await open(25);
    for (const cid of ["a", "b"]) await cache.hold("task", file(cid), bytes(10));
    await cache.hold("task", file("a"), never);
    await cache.release("task");
    await cache.hold("other", file("c"), bytes(10));
    expect(outcomes()).toEqual(["miss", "miss", "hit", "miss", "evicted"]);
    expect(cache.bytes).toBe(20);
    await cache.hold("other", file("a"), never);
    await expect(cache.hold("other", file("b"), never)).rejects.toThrow("downloaded");
    expect(await readdir(folder)).toEqual(["file-a", "file-c"]);
  });

  it("never removes what somebody holds, however much it is", async () => {
    const cache = await open(5);
    const { path } = await cache.hold("one", file("a"), bytes(10));
    await cache.hold("two", file("a"), never);
    await cache.hold("two", file("b"), bytes(10));
    await cache.release("one");
    await cache.trim(0);
    expect(await readFile(path, "utf8")).toHaveLength(10);
    await cache.release("two");
    await cache.release("two");
    expect(cache.bytes).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps nothing that is not held when it may keep nothing", async () => {
    const cache = await open(0);
    const { path } = await cache.hold("task", file("a"), bytes(10));
    expect(await readFile(path, "utf8")).toHaveLength(10);
    await cache.release("task");
    expect(await readdir(folder)).toEqual([]);
  });

  it("fetches once for two who ask at the same moment", async () => {
    const cache = await open(100);
    let downloads = 0;
    const slow: Download = async (path) => {
      downloads++;
      await new Promise((resolve) => setImmediate(resolve));
      return await bytes(3)(path);
    };
    await Promise.all(["1", "2", "3"].map((holder) => cache.hold(holder, file("a"), slow)));
    expect(downloads).toBe(1);
  });

  it("leaves nothing of a download that failed, and lets the next one try", async () => {
    const cache = await open(100);
    const half: Download = async (path) => {
      await writeFile(path, "ha");
      throw new RangeError("gone");
    };
    const both = [cache.hold("1", file("a"), half), cache.hold("2", file("a"), bytes(4))];
    await expect(both[0]).rejects.toThrow("gone");
    expect(await both[1]).toMatchObject({ bytes: 4 });
    expect(await readdir(folder)).toEqual(["file-a"]);
  });

  it("refuses a name that could lead elsewhere", async () => {
    const cache = await open(100);
    await expect(cache.hold("1", file("../../x"), bytes(1))).rejects.toThrow("not the text");
  });
});

describe("after a restart", () => {
  it("has what was kept, in the order of its use", async () => {
    const before = await open(100);
    for (const cid of ["a", "b", "c"]) await before.hold("task", file(cid), bytes(10));
    await before.hold("task", file("a"), never);
    await before.release("task");
    const cache = await open(25);
    expect(cache.bytes).toBe(20);
    await cache.hold("task", file("a"), never);
    await expect(cache.hold("task", file("b"), never)).rejects.toThrow("downloaded");
  });

  it("still holds for tasks that live, and for no others", async () => {
    const before = await open(100);
    await before.hold("live", file("a"), bytes(10));
    await before.hold("over", file("b"), bytes(10));
    const cache = await open(0, (holder) => holder === "live");
    expect(await readdir(folder)).toEqual(["file-a"]);
    await cache.release("live");
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["other bytes", (path: string) => writeFile(join(path, "content"), "y".repeat(10))],
    ["fewer bytes", (path: string) => writeFile(join(path, "content"), "x")],
    ["no content", (path: string) => rm(join(path, "content"))],
  ])("fetches again what a power cut left with %s", async (_, damage) => {
    await (await open(100)).hold("task", file("a"), bytes(10));
    await damage(join(folder, "file-a"));
    const cache = await open(100);
    const { path } = await cache.hold("task", file("a"), bytes(10));
    expect(await readFile(path, "utf8")).toBe("x".repeat(10));
    expect(warned).toMatchObject([{ code: "cache-damaged", name: "file-a" }]);
    expect(events.at(-1)?.type).toBe("miss");
  });

  it("notices a file of a folder that changed its name", async () => {
    await (await open(100)).hold("task", inputs("a"), twoFiles);
    await rm(join(folder, "folder-a", "content", "a"));
    await writeFile(join(folder, "folder-a", "content", "c"), "one");
    const cache = await open(100);
    await expect(cache.hold("task", inputs("a"), never)).rejects.toThrow("downloaded");
  });

  it("forgets what it cannot read, and what was half done", async () => {
    await (await open(100)).hold("task", file("a"), bytes(10));
    await writeFile(join(folder, "file-a", "entry.json"), "{");
    await mkdir(join(folder, "passing-7"));
    await mkdir(join(folder, "file-b"));
    expect((await open(100)).bytes).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("any order of uses", () => {
  const SEED = Number(process.env["DECO_SEED"] ?? 3);

  it(`keeps within the bound beside what is held, and the disk as it says (DECO_SEED=${SEED})`, async () => {
    const upTo = random(SEED);
    const bound = 60;
    let cache = await open(bound);
    const held = new Map<string, Set<string>>();
    for (let step = 0; step < 150; step++) {
      const holder = `task-${upTo(4)}`;
      const own = held.get(holder) ?? new Set<string>();
      held.set(holder, own);
      const what = upTo(10);
      if (what < 6) {
        const size = 1 + upTo(9);
        await cache.hold(holder, file(`${size}`), bytes(size * 3, String(size)));
        own.add(`${size}`);
      } else if (what < 9) {
        await cache.release(holder);
        own.clear();
      } else {
        cache = await open(bound);
      }
      const needed = new Set([...held.values()].flatMap((each) => [...each]));
      const names = await readdir(folder);
      for (const cid of needed) expect(names).toContain(`file-${cid}`);
      const sizes = names.map((name) => Number(name.slice("file-".length)) * 3);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(cache.bytes);
      const heldBytes = [...needed].reduce((sum, cid) => sum + Number(cid) * 3, 0);
      expect(cache.bytes).toBeLessThanOrEqual(Math.max(bound, heldBytes));
    }
  });
});
