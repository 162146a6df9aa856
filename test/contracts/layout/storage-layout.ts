import { globSync } from "node:fs";
import { projectRoot } from "../../../scripts/lib/project.ts";
import { runSolc, sourceOf } from "../support/solc.ts";

/** solc's `storageLayout` of one contract. */
interface Layout {
  readonly storage: readonly Variable[];
  readonly types: Readonly<Record<string, Type>> | null;
}

interface Variable {
  readonly label: string;
  readonly slot: string;
  readonly offset: number;
  readonly type: string;
}

interface Type {
  readonly encoding: string;
  readonly label: string;
  readonly numberOfBytes: string;
  readonly key?: string;
  readonly value?: string;
  readonly base?: string;
  readonly members?: readonly Variable[];
}

interface Ast {
  readonly nodes: readonly { nodeType: string; name?: string; abstract?: boolean }[];
}

/**
 * Where every deployable contract below `contracts/market` keeps what: one line for each variable, in the order of
 * slots, so that two layouts are equal exactly if their lines are.
 * @param planted A file more, by path and text.
 */
export function marketLayouts(planted: Record<string, string> = {}): Map<string, string[]> {
  const paths = globSync("contracts/market/**/*.sol", { cwd: projectRoot }).sort();
  const sources = Object.assign({}, ...paths.map(sourceOf), planted);
  const output = runSolc<{ storageLayout: Layout }>({
    sources,
    outputSelection: { "*": { "": ["ast"], "*": ["storageLayout"] } },
  });
  const layouts = new Map<string, string[]>();
  for (const path of Object.keys(sources)) {
    for (const node of (output.sources[path]?.ast as Ast | undefined)?.nodes ?? []) {
      if (node.nodeType !== "ContractDefinition" || node.abstract === true) continue;
      const layout = output.contracts[path]?.[node.name ?? ""]?.storageLayout;
      if (layout !== undefined) layouts.set(node.name ?? "", describe(layout));
    }
  }
  return layouts;
}

function describe({ storage, types }: Layout): string[] {
  return storage.map((variable) => line(variable, types ?? {}));
}

function line({ slot, offset, label, type }: Variable, types: Readonly<Record<string, Type>>) {
  return `${slot}+${offset} ${label}: ${typeOf(type, types)}`;
}

/** A type in full: names of types carry solc's running numbers, and two structs may share a name. */
function typeOf(id: string, types: Readonly<Record<string, Type>>): string {
  const type = types[id];
  if (type === undefined) return id;
  const { encoding, numberOfBytes, key, value, base, members } = type;
  if (key !== undefined && value !== undefined) {
    return `mapping(${typeOf(key, types)} => ${typeOf(value, types)})`;
  }
  if (base !== undefined) return `${encoding} of ${numberOfBytes} bytes of ${typeOf(base, types)}`;
  if (members === undefined) return `${type.label}/${numberOfBytes}`;
  return `struct {${members.map((member) => line(member, types)).join("; ")}}`;
}
