import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadDeployerKey } from "../../scripts/deploy/deployer-key.ts";
import example from "../../scripts/deploy/example-settings.json" with { type: "json" };
import { parseOptions } from "../../scripts/deploy/options.ts";
import { loadSettings, parseSettings } from "../../scripts/deploy/settings.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "deco-deploy-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function refusalOf(action: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await action();
  } catch (error) {
    if (error instanceof ToolError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: "none", message: "" };
}

const { agreeStep, ...fewer } = example.task;

test.each([
  ["task.agreeStep", { ...example, task: fewer }],
  ["task.luck", { ...example, task: { ...example.task, luck: 1 } }],
  ["post.unbond", { ...example, post: { ...example.post, unbond: -1 } }],
  ["proposers.0", { ...example, proposers: ["0x12"] }],
  ["randomness.kind", { ...example, randomness: { kind: "dice" } }],
  ["tokens.0.lockRate", { ...example, tokens: [{ ...example.tokens[0], lockRate: 1 }] }],
  ["the file", { ...example, admin: "0x00000000000000000000000000000000000000De" }],
])("a malformed %s is named", async (member, json) => {
  const { code, message } = await refusalOf(() => parseSettings(json));
  expect(code).toBe("SETTINGS_INVALID");
  expect(message).toContain(`${member}: `);
});

test("a missing file is said to be missing", async () => {
  const { code } = await refusalOf(() => loadSettings(join(folder, "none.json")));
  expect(code).toBe("SETTINGS_UNREADABLE");
});

test.each([
  [[]],
  [["--network", "mars"]],
  [["--network", "sepolia"]],
  [["--network", "sepolia", "--rpc", "http://127.0.0.1:1"]],
  [["--network", "sepolia", "--rpc", "http://127.0.0.1:1", "--settings", "a.json"]],
  [["--network", "sepolia", "--dry-run", "--explorer"]],
  [["--network", "local", "--dry-run", "--fast"]],
])("%j is refused", async (args) => {
  expect((await refusalOf(() => parseOptions(args))).code).toBe("USAGE");
});

test("a dry run and a local chain need nothing more", () => {
  expect(parseOptions(["--network", "base", "--dry-run"])).toMatchObject({ dryRun: true });
  const local = parseOptions(["--network", "local", "--rpc", "http://127.0.0.1:1"]);
  expect(local.chain.id).toBe(31_337);
});

test("a deployer's key comes from a file that nobody else can read", async () => {
  const file = join(folder, "key");
  const key = `0x${"11".repeat(32)}`;
  await writeFile(file, `${key.slice(2)}\n`, { mode: 0o600 });
  expect(await loadDeployerKey(file, undefined)).toBe(key);
  const exposed = join(folder, "exposed");
  await writeFile(exposed, key, { mode: 0o644 });
  expect((await refusalOf(() => loadDeployerKey(exposed, undefined))).code).toBe("KEY_EXPOSED");
  const short = join(folder, "short");
  await writeFile(short, "0x12", { mode: 0o600 });
  expect((await refusalOf(() => loadDeployerKey(short, undefined))).code).toBe("KEY_UNREADABLE");
  const locked = join(folder, "locked");
  await writeFile(locked, "{}", { mode: 0o600 });
  expect((await refusalOf(() => loadDeployerKey(locked, undefined))).code).toBe("KEY_UNREADABLE");
});
