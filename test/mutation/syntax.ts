import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { projectRoot } from "../../scripts/lib/project.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";

const require = createRequire(import.meta.url);

/** A node of solc's syntax tree. `src` is "start:length:file" in bytes. */
export interface Node {
  readonly nodeType: string;
  readonly src: string;
  readonly typeDescriptions?: { readonly typeString?: string };
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
}

/** A field that is a node. */
export function child(node: Node, field: string): Node | undefined {
  const value = node[field];
  return isNode(value) ? value : undefined;
}

/** The node's children that have text, in the order of the text. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (isNode(item) && !item.src.startsWith("-1")) found.push(item);
    }
  }
  return found.sort((a, b) => span(a).start - span(b).start);
}

export function span(node: Node): { start: number; end: number } {
  const [start = 0, length = 0] = node.src.split(":").map(Number);
  return { start, end: start + length };
}

export function typeOf(node: Node | undefined): string {
  return node?.typeDescriptions?.typeString ?? "";
}

/** Syntax trees of all contracts with their types, by path. */
export function parseContracts(): Map<string, Node> {
  const solc = require("solc") as {
    compile(input: string, callbacks: { import: (path: string) => object }): string;
  };
  const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");
  const paths = readdirSync(join(projectRoot, "contracts"), { recursive: true })
    .map((name) => `contracts/${String(name)}`)
    .filter((path) => path.endsWith(".sol"));
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(paths.map((path) => [path, { content: read(path) }])),
    settings: {
      remappings: ["@openzeppelin/=node_modules/@openzeppelin/"],
      outputSelection: { "*": { "": ["ast"] } },
    },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: (path) => ({ contents: read(path) }) }),
  ) as {
    errors?: { severity: string; formattedMessage: string }[];
    sources: Record<string, { ast: Node }>;
  };
  const wrong = output.errors?.find(({ severity }) => severity === "error");
  if (wrong !== undefined) {
    throw new ToolError({
      code: "CONTRACTS_DO_NOT_COMPILE",
      message: wrong.formattedMessage,
      remedy: "Mutants are made of contracts that compile: npm run build.",
    });
  }
  return new Map(paths.map((path) => [path, output.sources[path]?.ast as Node]));
}
