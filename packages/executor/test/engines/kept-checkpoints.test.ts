import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepBytes, newestKept, partOf } from "../../src/engines/kept-checkpoints.ts";

describe("kept checkpoints", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-kept-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const keep = (text: string, sequence: number, fuelUsed = BigInt(sequence) * 100n) =>
    keepBytes(folder, Buffer.from(text), { sequence, fuelUsed });
  const newest = (bytes = 100, fuel = 10_000n) => newestKept(folder, { bytes, fuel });

  it("are the two newest, and the newest is found again", async () => {
    for (const sequence of [1, 2, 10]) keep(`state ${sequence}`, sequence);
    expect((await readdir(folder)).map((name) => name.split("-")[0]).sort()).toEqual(["10", "2"]);
    expect(await newest()).toMatchObject({ sequence: 10, bytes: 8, fuelUsed: 1_000n });
  });

  it("are none in a folder that is not there", async () => {
    expect(await newestKept(join(folder, "none"), { bytes: 1 })).toBeUndefined();
  });

  it("are not what a crash left half written", async () => {
    keep("whole", 1);
    await writeFile(partOf(folder), "hal");
    expect(await newest()).toMatchObject({ sequence: 1 });
  });

  it("fall back to the one before when the newest was damaged", async () => {
    keep("first", 1);
    const { path } = keep("second", 2);
    await writeFile(path, "damage");
    expect(await newest()).toMatchObject({ sequence: 1 });
  });

  it("are not larger than the program says, nor beyond its fuel", async () => {
    keep("seven..", 1);
    keep("eight...", 2);
    expect(await newest(7)).toMatchObject({ sequence: 1 });
    expect(await newest(6)).toBeUndefined();
    expect(await newest(100, 200n)).toMatchObject({ sequence: 1 });
  });

  it("are no foreign names, nor links to elsewhere", async () => {
    const { path } = keep("state", 1);
    const name = basename(path).replace(/^1/, "9");
    await symlink("/dev/zero", join(folder, name));
    await writeFile(join(folder, "99-x-zz"), "");
    expect(await newest()).toMatchObject({ sequence: 1 });
  });
});
