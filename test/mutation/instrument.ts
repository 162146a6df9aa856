import { posix } from "node:path";

import {
  type Change,
  changesOf,
  changesOfStatement,
  guardChange,
  type Operator,
} from "./operators.ts";
import { child, children, type Node, span } from "./syntax.ts";

/** A change that the switched contracts contain, beside the unchanged text. */
export interface Mutant {
  /** What the switch is set to. */
  readonly id: number;
  /** Stays the same while the code around it changes. */
  readonly key: string;
  readonly file: string;
  readonly line: number;
  readonly operator: Operator;
}

/** Where the switch is in the copy. */
export const switchPath = "contracts/libraries/Mutants.sol";

/**
 * The switch: block.coinbase, which forge sets from its command line and nothing in the market reads. All mutants are compiled
 * once, and a run chooses one. Called through a pointer, so that pure functions can be mutated too.
 */
export const switchSource = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

library Mutants {
    function on(uint256 id) internal pure returns (bool) {
        function(uint256) internal view returns (bool) reading = _chosen;
        function(uint256) internal pure returns (bool) asked;
        assembly ("memory-safe") {
            asked := reading
        }
        return asked(id);
    }

    function _chosen(uint256 id) private view returns (bool) {
        return uint160(address(block.coinbase)) == id;
    }
}
`;

/** Writes each change of a file into it, switched off. Ids begin at `first`. */
export function instrument(
  file: string,
  source: string,
  tree: Node,
  first: number,
): { text: string; mutants: Mutant[] } {
  const bytes = Buffer.from(source, "utf8");
  const read = (start: number, end: number) => bytes.toString("utf8", start, end);
  const mutants: Mutant[] = [];
  const seen = new Map<string, number>();
  let within = "";

  const lineOf = (at: number) => read(0, at).split("\n").length;

  function add(change: Change): number {
    const id = first + mutants.length;
    const before = read(change.start, change.end).replace(/\s+/g, " ");
    const at = lineText(change.start);
    const described = `${file} ${within}: ${change.operator}: ${before} -> ${change.text.replace(/\s+/g, " ") || "nothing"} in: ${at}`;
    const count = (seen.get(described) ?? 0) + 1;
    seen.set(described, count);
    const key = count === 1 ? described : `${described} (${count})`;
    mutants.push({ id, key, file, line: lineOf(change.start), operator: change.operator });
    return id;
  }

  function lineText(at: number): string {
    const from = bytes.lastIndexOf(10, at) + 1;
    const to = bytes.indexOf(10, at);
    return read(from, to === -1 ? bytes.length : to).trim();
  }

  /** The node's text with one change and nothing else. */
  function changed({ start, end, text }: Change, whole: { start: number; end: number }): string {
    return read(whole.start, start) + text + read(end, whole.end);
  }

  /** The node's text, each of its children rendered. */
  function inner(node: Node, skipped: readonly (Node | undefined)[] = []): string {
    const { start, end } = span(node);
    let text = "";
    let at = start;
    for (const part of children(node)) {
      const where = span(part);
      if (where.start < at || skipped.includes(part)) continue;
      text += read(at, where.start) + render(part, node);
      at = where.end;
    }
    return text + read(at, end);
  }

  function expression(node: Node, parent: Node | undefined): string {
    let text = inner(node, untouched(node));
    for (const change of changesOf(node, parent, read).reverse()) {
      text = `(Mutants.on(${add(change)}) ? ${changed(change, span(node))} : ${text})`;
    }
    return text;
  }

  function statement(node: Node, parent: Node | undefined): string {
    const changes = changesOfStatement(node, parent, read);
    let text = `{ ${inner(node, untouched(node))}; }`;
    for (const change of changes.reverse()) {
      const other = changed(change, span(node)).trim();
      text = `{ if (Mutants.on(${add(change)})) { ${other === "" ? "" : `${other};`} } else ${text} }`;
    }
    return text;
  }

  function branch(node: Node): string {
    const condition = child(node, "condition");
    if (condition === undefined) return inner(node);
    const { start, end } = span(node);
    const where = span(condition);
    const id = add(guardChange(condition));
    let text = `${read(start, where.start)}Mutants.on(${id}) ? false : ${render(condition, node)}`;
    let at = where.end;
    for (const body of [child(node, "trueBody"), child(node, "falseBody")]) {
      if (body === undefined) continue;
      text += read(at, span(body).start) + render(body, node);
      at = span(body).end;
    }
    return text + read(at, end);
  }

  function render(node: Node, parent: Node | undefined): string {
    switch (node.nodeType) {
      case "InlineAssembly":
      case "ParameterList":
      case "ModifierInvocation":
      case "OverrideSpecifier":
      case "UserDefinedTypeName":
      case "ElementaryTypeName":
      case "ArrayTypeName":
      case "Mapping":
      case "VariableDeclaration":
      case "StructuredDocumentation":
        return read(span(node).start, span(node).end);
      case "FunctionDefinition":
        within = String(node.name);
        return inner(node);
      case "IfStatement":
        return branch(node);
      case "ExpressionStatement":
      case "EmitStatement":
      case "RevertStatement":
        return isLoopHead(node, parent)
          ? read(span(node).start, span(node).end)
          : statement(node, parent);
      default:
        return expression(node, parent);
    }
  }

  const parts = (tree.nodes as Node[]).map((node) => {
    const { start, end } = span(node);
    if (node.nodeType === "PragmaDirective") {
      const from = posix.relative(posix.dirname(file), switchPath);
      const path = from.startsWith(".") ? from : `./${from}`;
      return { start, end, text: `${read(start, end)}\nimport {Mutants} from "${path}";` };
    }
    return {
      start,
      end,
      text: node.nodeType === "ContractDefinition" ? contract(node) : read(start, end),
    };
  });

  /** Only what functions and modifiers do is changed; constants must stay constant. */
  function contract(node: Node): string {
    const members = (node.nodes as Node[]).filter((member) =>
      ["FunctionDefinition", "ModifierDefinition"].includes(member.nodeType),
    );
    const { start, end } = span(node);
    let text = "";
    let at = start;
    for (const member of members) {
      within = String(member.name);
      text += read(at, span(member).start) + functionOf(member);
      at = span(member).end;
    }
    return text + read(at, end);
  }

  function functionOf(member: Node): string {
    const body = child(member, "body");
    const { start, end } = span(member);
    // A constructor runs before a switch could be set.
    if (body === undefined || member.kind === "constructor") return read(start, end);
    return read(start, span(body).start) + inner(body) + read(span(body).end, end);
  }

  let text = "";
  let at = 0;
  for (const part of parts) {
    text += read(at, part.start) + part.text;
    at = part.end;
  }
  text += read(at, bytes.length);
  // `{ ...; };` of a statement's own semicolon is an empty statement, which Solidity does not know.
  return { text: text.replaceAll(/\}(\s*);/g, (_, gap: string) => `}${gap}`), mutants };
}

/** Start and step of a loop stay: there is no room for a statement, and without a step it would not end. */
function isLoopHead(node: Node, parent: Node | undefined): boolean {
  return parent?.nodeType === "ForStatement" && child(parent, "body") !== node;
}

/** Children that must stay as they are: what is written to, and what decides a type. */
function untouched(node: Node): (Node | undefined)[] {
  switch (node.nodeType) {
    case "Assignment":
      return [child(node, "leftHandSide")];
    case "UnaryOperation":
      return node.operator === "!" ? [] : [child(node, "subExpression")];
    case "FunctionCall":
      return [child(node, "expression")];
    case "FunctionCallOptions":
    case "NewExpression":
      return children(node);
    default:
      return [];
  }
}
