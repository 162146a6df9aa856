import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { projectRoot } from "../../scripts/lib/project.ts";

/** A page and what it says in code: words in backticks, and lines of code blocks. */
export interface Page {
  readonly name: string;
  /** Without code blocks. */
  readonly prose: string;
  readonly code: readonly string[];
}

/** Pages that tell how things are; decisions tell how they were when they were taken. */
export function pages(): Page[] {
  const names = globSync(["*.md", "docs/*.md", "packages/*/README.md"], { cwd: projectRoot });
  return names.sort().map((name) => {
    const text = readFileSync(join(projectRoot, name), "utf8");
    const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
    const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "");
    const words = prose.matchAll(/`([^`\n]+)`/g);
    return {
      ...{ name, prose },
      code: [...blocks.flatMap((block) => block.split("\n")), ...[...words].map(([, w = ""]) => w)],
    };
  });
}

const TOP = "(?:packages|contracts|test|scripts|docs|circuits|deployments|ops)";
/** From where pages name files: the map's columns say where they are. */
const BASES = [
  ...["", "contracts", "packages", "packages/executor/src", "packages/allocator/src"],
  "packages/executor/src/engines/wasm",
];

/** Paths of this repository that a page names. `NAME`, `<name>` and `*` stand for anything. */
export function pathsIn({ code }: Page): string[] {
  const found = code.flatMap((line) => {
    const whole =
      /^[\w.*<>-]+(?:\/[\w.*<>-]+)+\/?$/.test(line) && /\.(ts|sol|mjs|json)$/.test(line);
    const rooted = [...line.matchAll(new RegExp(`(?<![\\w./-])${TOP}/[\\w./*<>-]+`, "g"))];
    return [...(whole ? [line] : []), ...rooted.map(([path]) => path)];
  });
  return [...new Set(found)];
}

/** Names of source files that a page gives without a folder. */
export function fileNamesIn({ code }: Page): string[] {
  return [...new Set(code.filter((word) => /^[\w-]+\.(ts|sol)$/.test(word) && !MADE.has(word)))];
}

/** Made by readers and by commands that pages tell of, hence in no clone. */
const MADE = new Set(["deployments/ignition", "answer.ts"]);

export function pathExists({ name }: Page, path: string): boolean {
  if (MADE.has(path)) return true;
  const pattern = path
    .replaceAll(/<[^>]*>|\bNAME\b/g, "*")
    .replace(/[/.]+$/, "")
    // A decision by its number.
    .replace(/^(docs\/decisions\/\d{4})$/, "$1-*");
  return [...BASES, dirname(name)].some(
    (base) => globSync(join(base, pattern), { cwd: projectRoot }).length > 0,
  );
}

/** Relative links of a page, without their anchors. */
export function linksIn({ prose }: Page): string[] {
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return links.filter((target) => !/^(https?:|#)/.test(target));
}

/** What follows `npm run` and `npm` in a page. */
export function scriptsIn({ code }: Page): string[] {
  return code.flatMap((line) =>
    [...line.matchAll(/\bnpm (?:run (?:-s )?)?([a-z][\w-]*)/g)].map(([, script = ""]) => script),
  );
}

/** Command lines of `deco` in a page, as words. */
export function decoLinesIn({ code }: Page): string[][] {
  return code.flatMap((line) =>
    [...line.matchAll(/(?:^|[\s(])deco (?:-- )?([a-z][^`#|&;)]*)/g)].map(([, rest = ""]) =>
      rest.trim().split(/[\s,]+/),
    ),
  );
}
