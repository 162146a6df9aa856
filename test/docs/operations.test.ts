import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ALLOCATOR_LOG_CODES } from "@deco-network/allocator";
import { LOG_CODES, type LogEvent } from "@deco-network/executor/catalogues";
import { describe, expect, it, test } from "vitest";

import { renderLogs, renderMetrics, renderReasons } from "../../scripts/generate/operations.ts";
import { projectRoot } from "../../scripts/lib/project.ts";

test.each([
  ["REASONS.md", renderReasons],
  ["LOGS.md", renderLogs],
  ["METRICS.md", renderMetrics],
])("docs/%s is what npm run generate makes of the sources", (name, render) => {
  expect(readFileSync(join(projectRoot, "docs", name), "utf8")).toBe(render());
});

/** A call of a logger in the sources: its level and its code, a template's holes as `*`. */
interface LogCall {
  readonly level: string;
  readonly code: string;
  readonly where: string;
}

describe.each([
  ["executor", LOG_CODES],
  ["allocator", ALLOCATOR_LOG_CODES],
] as const)("log codes of the %s", (name, catalogue: Readonly<Record<string, LogEvent>>) => {
  const calls = logCalls(`packages/${name}/src`);
  const matching = ({ code }: LogCall) => {
    const pattern = new RegExp(`^${code.replaceAll("*", "[a-z-]+")}$`);
    return Object.keys(catalogue).filter((known) => pattern.test(known));
  };

  it("in the sources are in the catalogue, with their level", () => {
    expect(calls.length).toBeGreaterThan(10);
    const wrong = calls.filter((call) => {
      // A template may also stand for codes that are given elsewhere.
      return !matching(call).some((code) => catalogue[code]?.level === call.level);
    });
    expect(wrong).toEqual([]);
  });

  it("in the catalogue are given somewhere", () => {
    const given = new Set(calls.flatMap(matching));
    // Where the code is a value, its text stands elsewhere in the sources.
    const sources = globSync(`packages/${name}/src/**/*.ts`, { cwd: projectRoot })
      .filter((path) => !path.endsWith("log-codes.ts") && !path.endsWith("catalogue.ts"))
      .map((path) => readFileSync(join(projectRoot, path), "utf8"))
      .join("\n");
    const unused = Object.keys(catalogue).filter(
      (code) => !given.has(code) && !sources.includes(`"${code}"`),
    );
    expect(unused).toEqual([]);
  });
});

function logCalls(folder: string): LogCall[] {
  return globSync(`${folder}/**/*.ts`, { cwd: projectRoot }).flatMap((where) => {
    const text = readFileSync(join(projectRoot, where), "utf8");
    const calls = text.matchAll(/\.(trace|debug|info|warn|error|fatal)\(\s*\{/g);
    return [...calls].flatMap(({ 1: level = "", index }) => {
      // Up to the end of the entry, which holds no nested statement.
      const entry = text.slice(index, index + 400).split(");", 1)[0] ?? "";
      const value = /\bcode: ([^\n]+)/.exec(entry)?.[1] ?? "";
      const [template] = /^`[^`]*`/.exec(value) ?? [];
      if (template)
        return [{ level, code: template.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, "*"), where }];
      const choice = /^[^,]*/.exec(value)?.[0] ?? "";
      // The condition of a choice may be a text, too.
      const texts = [...(choice.split("?").at(-1) ?? "").matchAll(/"([a-z-]+)"/g)];
      if (texts.length > 0) return texts.map(([, code = ""]) => ({ level, code, where }));
      // A table of the file's names the codes.
      const [, table] = /^([A-Z]+)\[/.exec(value) ?? [];
      const line = text.split("\n").find((each) => each.startsWith(`const ${table} =`)) ?? "";
      return [...line.matchAll(/"([a-z-]+)"/g)].map(([, code = ""]) => ({ level, code, where }));
    });
  });
}
