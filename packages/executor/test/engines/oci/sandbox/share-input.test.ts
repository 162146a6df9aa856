import { chmod, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shareInput } from "../../../../src/engines/oci/sandbox/share-input.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const { signal } = new AbortController();

async function inputFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  await mkdir(join(folder, "d"));
  await chmod(join(folder, "d"), 0o755);
  await writeFile(join(folder, "d/a"), "hello");
  await chmod(join(folder, "d/a"), 0o644);
  return folder;
}

describe("sharing an input folder", () => {
  it("shows the folder itself where everyone can read it", async () => {
    const folder = await inputFolder();
    expect(await shareInput(folder, await temporaryFolder(), signal)).toBe(folder);
  });

  it.each(["", "d", "d/a"])("copies it when %j is private, and leaves it private", async (path) => {
    const folder = await inputFolder();
    const mode = path === "d/a" ? 0o600 : 0o700;
    await chmod(join(folder, path), mode);
    const shared = await shareInput(folder, await temporaryFolder(), signal);
    expect(await readFile(join(shared, "d/a"), "utf8")).toBe("hello");
    expect((await stat(join(shared, path))).mode & 0o777).toBe(path === "d/a" ? 0o644 : 0o755);
    expect((await stat(join(folder, path))).mode & 0o777).toBe(mode);
  });

  it("refuses links and missing folders", async () => {
    const folder = await inputFolder();
    await symlink("/etc/passwd", join(folder, "link"));
    for (const path of [folder, join(folder, "missing")]) {
      await expect(shareInput(path, await temporaryFolder(), signal)).rejects.toMatchObject({
        code: "input-unreadable",
        reason: "input-unavailable",
      });
    }
  });
});
