import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../src/encrypted/main.ts", import.meta.url));
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deco-encrypted-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function run(...args: readonly string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

it("makes a job that shows no names, and a secret for its owner that is never overwritten", async () => {
  const first = await run("encrypt", "work");
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toContain(join(folder, "work", "job", "job.json"));
  const secret = join(folder, "work", "secret.json");
  expect((await stat(secret)).mode & 0o777).toBe(0o600);
  const kept = await readFile(secret, "utf8");
  expect(JSON.parse(kept)).toMatchObject({
    rows: 240,
    names: ["area_m2", "occupants", "used_kwh"],
  });

  const job = join(folder, "work", "job");
  const files = (await readdir(job, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.map((file) => file.slice(job.length + 1)).sort()).toEqual([
    ...["encrypted.wasm", "input/columns/00.seal", "input/columns/01.seal"],
    ...["input/columns/02.seal", "input/parameters.seal", "input/relinearisation-keys.seal"],
    ...["input/rotation-keys.seal", "job.json", "program.json"],
  ]);
  for (const file of files) expect((await readFile(file)).includes("used_kwh")).toBe(false);
  const { command } = JSON.parse(await readFile(join(job, "program.json"), "utf8"));
  expect(command).toEqual(["encrypted", "900", "38", "650", "-1"]);

  const again = await run("encrypt", "work");
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("secret-not-kept") });
  expect(await readFile(secret, "utf8")).toBe(kept);
  const nothing = await run("decrypt", "work", "nowhere");
  expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining("result-incomplete") });
});

it.each([
  [["encrypt"], "usage"],
  [["decrypt", "work"], "usage"],
  [["decrypt", "work", "result"], "secret-malformed"],
  [["encrypt", "work", "--table", "none.csv"], "file-unreadable"],
])("%j is refused: %s", async (args, code) => {
  const refused = await run(...args);
  expect(refused).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(`^${code}: `),
  });
  expect(await readdir(folder)).toEqual([]);
});
