import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, expect, it, onTestFinished } from "vitest";

import { updateConfigFile } from "../../src/config/update-config.ts";

const RATE = { etherPrice: "2500", tokens: {} };
const CONFIG = {
  dataFolder: "data",
  chain: { id: 1, endpoints: ["http://x"], market: "0x00000000000000000000000000000000000000aa" },
  key: { file: "key" },
  policy: { maxVolume: 7 },
};

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deco-update-"));
  path = join(folder, "config.json");
  await writeFile(path, JSON.stringify(CONFIG, null, "\t"));
  const made = folder;
  onTestFinished(() => rm(made, { recursive: true, force: true }));
});

it("sets a field, and keeps the others, the file's rights and its indentation", async () => {
  await chmod(path, 0o640);
  await updateConfigFile(path, [{ path: ["policy", "pricing"], value: RATE }]);
  const text = await readFile(path, "utf8");
  expect(JSON.parse(text)).toEqual({ ...CONFIG, policy: { maxVolume: 7, pricing: RATE } });
  expect(text).toContain('\n\t"policy"');
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(["config.json"]);
});

it("makes the folder of a field that is not there yet", async () => {
  await updateConfigFile(path, [{ path: ["log", "level"], value: "warn" }]);
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ ...CONFIG, log: { level: "warn" } });
});

it("changes the file that a link leads to, and leaves the link", async () => {
  const link = join(folder, "link.json");
  await symlink(path, link);
  await updateConfigFile(link, [{ path: ["log", "level"], value: "warn" }]);
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ log: { level: "warn" } });
  expect(await readdir(folder)).toEqual(["config.json", "link.json"]);
});

it("writes nothing that would not load, and names the field", async () => {
  const before = await readFile(path, "utf8");
  const wrong = { ...RATE, etherPrice: "0" };
  await expect(
    updateConfigFile(path, [{ path: ["policy", "pricing"], value: wrong }]),
  ).rejects.toMatchObject({
    code: "config-invalid",
    message: expect.stringContaining("policy.pricing.etherPrice"),
  });
  expect(await readFile(path, "utf8")).toBe(before);
});

it("says what is wrong with a file that is missing", async () => {
  const missing = join(folder, "missing.json");
  await expect(updateConfigFile(missing, [])).rejects.toMatchObject({ code: "config-invalid" });
});
