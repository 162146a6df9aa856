import { readFile, utimes } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";

import { parse } from "acorn";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { importsOf } from "../../../scripts/check/dependencies/imports.ts";
import { projectRoot } from "../../../scripts/lib/project.ts";
import { type Clone, type Ended, freshClone } from "./clone.ts";

const INSTALLATION = "-y pnpm@1.2.3 install --frozen-lockfile --config.confirmModulesPurge=false";
const OTHER_LOCK = "lockfileVersion: '9.0'\nimporters: {}\n";

let clone: Clone;
beforeEach(async () => {
  clone = await freshClone();
});
afterEach(() => clone.remove());

describe("what is to be run", () => {
  it("lists the commands", async () => {
    const ended = await clone.run(["--help"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/^ {2}gas {2,}\S/m);
    expect(await clone.run([])).toMatchObject({ code: 64, stdout: ended.stdout });
  });

  it.each(["turbine", "constructor"])("refuses %s before anything is installed", async (name) => {
    const ended = await clone.run([name, "--json"]);
    expect(ended.code).toBe(64);
    expect(lineOf(ended)).toMatchObject({ status: "error", code: "UNKNOWN_COMMAND" });
    expect(await clone.installations()).toEqual([]);
  });

  it("names only entries that exist, and says what package.json's scripts start", async () => {
    const source = await readFile(join(projectRoot, "scripts/bootstrap/run.mjs"), "utf8");
    const commands = [...source.matchAll(/^ {2}"?([a-z-]+)"?: \{\s+entry: "([^"]+)"/gm)];
    expect(commands.length).toBeGreaterThan(5);
    for (const [, , entry = ""] of commands) {
      expect((await readFile(join(projectRoot, entry))).length, entry).toBeGreaterThan(0);
    }
    const { scripts } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8"));
    const names = commands.map(([, name]) => name);
    for (const script of Object.values<string>(scripts)) {
      const started = /^node scripts\/bootstrap\/run\.mjs ([a-z-]+)$/.exec(script)?.[1];
      expect(names).toContain(started);
    }
  });
});

describe("installing", () => {
  it("happens in a fresh clone, said on stderr only", async () => {
    const ended = await clone.run(["gas", "--json"]);
    expect(ended.code).toBe(0);
    expect(await clone.installations()).toEqual([INSTALLATION]);
    expect(ended.stderr).toContain("Packages are not installed. Installing");
    expect(ended.stderr).toContain("what npm prints");
    expect(lineOf(ended)).toMatchObject({ args: ["--json"] });
  });

  it("does not happen twice", async () => {
    await clone.run(["gas"]);
    expect(await clone.run(["gas"])).toMatchObject({ code: 0, stderr: "" });
    expect(await clone.installations()).toHaveLength(1);
  });

  it.each([
    [[], ""],
    [["--json"], "INSTALL_FORBIDDEN"],
  ])("is refused under DECO_NO_INSTALL=1 (%j)", async (args, code) => {
    const ended = await clone.run(["gas", ...args], { env: { DECO_NO_INSTALL: "1" } });
    expect(ended.code).toBe(78);
    expect(ended.stderr).toContain("INSTALL_FORBIDDEN: packages are not installed");
    expect(ended.stderr).toContain(`npx ${INSTALLATION}`);
    if (code === "") expect(ended.stdout).toBe("");
    else expect(lineOf(ended)).toMatchObject({ status: "error", code });
    expect(await clone.installations()).toEqual([]);
  });

  it("is not forbidden by DECO_NO_INSTALL=1 where nothing is missing", async () => {
    await clone.install();
    const env = { DECO_NO_INSTALL: "1" };
    expect(await clone.run(["gas"], { env })).toMatchObject({ code: 0, stderr: "" });
  });

  it("happens again when the lockfile has changed since", async () => {
    await clone.install(OTHER_LOCK);
    await touch("pnpm-lock.yaml", 60);
    const ended = await clone.run(["gas"]);
    expect(ended.stderr).toContain("Pnpm-lock.yaml is newer than the installed packages");
    expect(await clone.installations()).toHaveLength(1);
  });

  it("does not happen for a lockfile that is only newer by its date", async () => {
    await clone.install();
    await touch("pnpm-lock.yaml", 60);
    expect(await clone.run(["gas"])).toMatchObject({ code: 0, stderr: "" });
  });

  it("does not happen for a lockfile older than what was installed with it", async () => {
    await clone.install(OTHER_LOCK);
    await touch("pnpm-lock.yaml", -60);
    expect(await clone.run(["gas"])).toMatchObject({ code: 0, stderr: "" });
  });

  it("ends the command when it fails", async () => {
    const ended = await clone.run(["gas", "--json"], { npx: 5 });
    expect(ended.code).toBe(70);
    expect(lineOf(ended)).toMatchObject({ status: "error", code: "INSTALL_FAILED" });
    expect(ended.stderr).toContain("code 5");
  });

  async function touch(path: string, seconds: number): Promise<void> {
    const time = Date.now() / 1_000 + seconds;
    await utimes(join(clone.root, path), time, time);
  }
});

describe("the command", () => {
  beforeEach(() => clone.install());

  it("runs on the workspace's Node, which what it starts finds first", async () => {
    const { path, args } = lineOf(await clone.run(["gas", "--", "-x", "a b"]));
    expect(path.split(":")[0]).toBe(join(clone.root, "node_modules/node/bin"));
    expect(args).toEqual(["--", "-x", "a b"]);
  });

  it("shares what is compiled with every other command, unless told where", async () => {
    const { cache } = lineOf(await clone.run(["gas"]));
    expect(cache).toBe(join(clone.root, "node_modules/.cache/node-compile"));
    const env = { NODE_COMPILE_CACHE: join(clone.root, "elsewhere") };
    expect(lineOf(await clone.run(["gas"], { env })).cache).toBe(env.NODE_COMPILE_CACHE);
  });

  it("stands where the person stands, and passes that on to nobody", async () => {
    const env = { INIT_CWD: join(clone.root, "bin") };
    const { cwd, initCwd } = lineOf(await clone.run(["gas"], { env }));
    expect(cwd).toBe(env.INIT_CWD);
    expect(initCwd).toBeUndefined();
  });

  it("stays where it was started without npm", async () => {
    const cwd = join(clone.root, "scripts");
    const env = { INIT_CWD: join(clone.root, "bin") };
    expect(lineOf(await clone.run(["gas"], { env, cwd }))).toMatchObject({ cwd });
  });

  it("gives its own exit code", async () => {
    expect(await clone.run(["gas", "--fail"])).toMatchObject({ code: 3 });
    expect(await clone.run(["gas", "--killed"])).toMatchObject({ code: 128 + 9 });
  });
});

describe("the script itself", () => {
  it("is in the language of Node 20, and needs nothing installed", async () => {
    const source = await readFile(join(projectRoot, "scripts/bootstrap/run.mjs"), "utf8");
    // Node 20 knows all of ES2023 and nothing of later years.
    parse(source, { ecmaVersion: 2023, sourceType: "module", allowHashBang: true });
    const imported = importsOf(source);
    expect(imported.length).toBeGreaterThan(0);
    for (const name of imported) {
      expect(name.startsWith("node:") && isBuiltin(name), name).toBe(true);
    }
  });
});

/** Standard output is one line of JSON. */
function lineOf({ stdout }: Ended) {
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return JSON.parse(stdout);
}
