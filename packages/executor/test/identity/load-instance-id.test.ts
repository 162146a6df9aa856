import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { loadInstanceId } from "../../src/identity/load-instance-id.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deco-instance-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("is the same at every start of a data folder, and another's for another", async () => {
  const id = await loadInstanceId(join(folder, "one"));
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await loadInstanceId(join(folder, "one"))).toBe(id);
  expect(await loadInstanceId(join(folder, "other"))).not.toBe(id);
});

it.each(["", "0x12", "a".repeat(31)])("replaces what a crash cut short: %j", async (text) => {
  const path = join(folder, "one");
  await writeFile(path, text);
  const id = await loadInstanceId(path);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await loadInstanceId(path)).toBe(id);
});
