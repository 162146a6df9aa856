const statement = /^\s*(?:import|export)\b(?:[^"';]*?\bfrom)?\s*["']([^"'\n]+)["']/gm;
const call = /\bimport(?:\.meta\.resolve)?\(\s*["']([^"'\n]+)["']/g;

/** The specifiers that a TypeScript file imports, whether as a statement, dynamically or to resolve them. */
export function importsOf(source: string): string[] {
  return [statement, call].flatMap((pattern) =>
    [...source.matchAll(pattern)].map((match) => match[1] ?? ""),
  );
}
