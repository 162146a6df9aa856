import { readFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../../scripts/lib/project.ts";

export type Engine = "chc" | "bmc";

/** A harness of test/smt, of which each external function states a property. */
export interface Harness {
  /** From the root. */
  readonly path: string;
  readonly source: string;
  readonly properties: readonly Property[];
}

export interface Property {
  readonly name: string;
  readonly engine: Engine;
  /** Where the function is in the source. */
  readonly start: number;
  readonly end: number;
}

export function readHarness(path: string): Harness {
  const source = readFileSync(join(projectRoot, path), "utf8");
  const functions = source.matchAll(
    /(?:^ {4}\/\/\/.*\n)*^ {4}function (\w+)\([^{]*?\bexternal\b[\s\S]*?^ {4}\}$/gm,
  );
  const properties = [...functions].map(({ 0: text, 1: name = "", index }) => ({
    ...{ name, start: index, end: index + text.length },
    engine: /@custom:engine bmc/.test(text) ? ("bmc" as const) : ("chc" as const),
  }));
  return { path, source, properties };
}

/** The harness with one property only, which is where it was. */
export function only({ source, properties }: Harness, name: string): string {
  let text = source;
  for (const property of properties) {
    if (property.name === name) continue;
    const { start, end } = property;
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, " ") + text.slice(end);
  }
  return text;
}

/** Code that a harness has copied, because it is private, and the contract that has it; with blanks as they come. */
export function copies(source: string): { path: string; code: string }[] {
  const marked = source.matchAll(/\/\/ Copied from (\S+)\.\n([\s\S]*?)\/\/ End of the copy\./g);
  return [...marked].map(({ 1: path = "", 2: code = "" }) => ({ path, code: squeezed(code) }));
}

export function squeezed(code: string): string {
  return code.trim().replace(/\s+/g, " ");
}
