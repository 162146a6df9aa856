import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { deco } from "../../packages/cli/test/support/run-deco.ts";
import { projectRoot } from "../../scripts/lib/project.ts";
import {
  decoLinesIn,
  fileNamesIn,
  linksIn,
  type Page,
  pages,
  pathExists,
  pathsIn,
  scriptsIn,
} from "./mentions.ts";

const all = pages();
const SOURCES = [
  ...["contracts", "packages/*/src", "packages/*/test", "packages/*/scripts"],
  ...["scripts", "test"],
];
/** npm's own words. */
const NPM = new Set(["test", "install"]);

describe.each(all.map((page): [string, Page] => [page.name, page]))("%s", (name, page) => {
  it("names paths that are there", () => {
    expect(pathsIn(page).filter((path) => !pathExists(page, path))).toEqual([]);
  });

  it("links to what is there", () => {
    const missing = linksIn(page).filter((target) => {
      const [path = ""] = target.split("#");
      return !existsSync(join(projectRoot, dirname(name), path));
    });
    expect(missing).toEqual([]);
  });
});

it("pages name source files that are somewhere", () => {
  const patterns = SOURCES.map((folder) => `${folder}/**/*.{ts,sol}`);
  const known = new Set(globSync(patterns, { cwd: projectRoot }).map((path) => basename(path)));
  expect(all.flatMap(fileNamesIn).filter((file) => !known.has(file))).toEqual([]);
});

it("pages name scripts of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
  const named = [...new Set(all.flatMap(scriptsIn))];
  expect(named).toContain("demo");
  expect(named.filter((script) => !NPM.has(script) && !(script in scripts))).toEqual([]);
});

describe("commands of deco", () => {
  /** What can follow each path of commands, as the completion script has it. */
  const words = new Map<string, ReadonlySet<string>>();

  beforeAll(async () => {
    const { stdout } = await deco("/nowhere", "completion", "bash");
    for (const [, path = "", list = ""] of stdout.matchAll(/"([a-z ]*)"\) words="([^"]*)"/g)) {
      words.set(path, new Set(list.split(" ")));
    }
  });

  /** What of a command line is unknown. */
  function unknown(line: readonly string[]): string[] {
    // The command line parser's own.
    if (line[0] === "help") return [];
    let path = "";
    for (const word of line) {
      const next = `${path} ${word}`.trim();
      if (!words.has(next)) break;
      path = next;
    }
    if (path === "") return [line.join(" ")];
    const own = words.get(path) ?? new Set();
    const flags = line.filter((word) => /^--[a-z-]+$/.test(word));
    return flags.filter((flag) => !own.has(flag)).map((flag) => `deco ${path} ${flag}`);
  }

  it("that pages name are there, with the options that they name", () => {
    const lines = all.flatMap(decoLinesIn);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.flatMap(unknown)).toEqual([]);
  });
});
