import { child, type Node, span, typeOf } from "./syntax.ts";

/** One small change of a piece of text. `start` and `end` are bytes of the file. */
export interface Change {
  readonly operator: Operator;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type Operator =
  | "comparison"
  | "arithmetic"
  | "boolean"
  | "constant"
  | "deletion"
  | "swap"
  | "guard";

/** What each operator becomes; comparisons move by one, and turn round. */
const replacements: Record<string, readonly [Operator, ...string[]]> = {
  "<": ["comparison", "<=", ">="],
  "<=": ["comparison", "<", ">"],
  ">": ["comparison", ">=", "<="],
  ">=": ["comparison", ">", "<"],
  "==": ["comparison", "!="],
  "!=": ["comparison", "=="],
  "&&": ["boolean", "||"],
  "||": ["boolean", "&&"],
  "+": ["arithmetic", "-"],
  "-": ["arithmetic", "+"],
  "*": ["arithmetic", "/"],
  "/": ["arithmetic", "*"],
  "%": ["arithmetic", "*"],
  "<<": ["arithmetic", ">>"],
  ">>": ["arithmetic", "<<"],
  "&": ["arithmetic", "|"],
  "|": ["arithmetic", "&"],
};
const assignments: Record<string, string> = { "+=": "-=", "-=": "+=", "|=": "&=" };

type Read = (start: number, end: number) => string;

/** Changes of an expression that leave its type as it is. */
export function changesOf(node: Node, parent: Node | undefined, read: Read): Change[] {
  switch (node.nodeType) {
    case "BinaryOperation":
      return binary(node, read);
    case "UnaryOperation":
      return negation(node, read);
    case "Literal":
    case "Identifier":
    case "MemberAccess":
      return constant(node, parent, read);
    case "FunctionCall":
      return isValue(typeOf(node)) ? swaps(node, read) : [];
    default:
      return [];
  }
}

/** Changes of a statement. */
export function changesOfStatement(node: Node, parent: Node | undefined, read: Read): Change[] {
  const { start, end } = span(node);
  const call = child(node, "eventCall") ?? child(node, "errorCall");
  if (call !== undefined) {
    const swapped = swaps(call, read);
    // A refusal behind an `if` goes with its condition.
    if (parent?.nodeType === "IfStatement") return swapped;
    return [{ operator: "deletion", start, end, text: "" }, ...swapped];
  }
  const expression = child(node, "expression");
  if (node.nodeType !== "ExpressionStatement" || expression === undefined) return [];
  // The compiler refuses a storage pointer that may never be set.
  if (typeOf(child(expression, "leftHandSide")).includes("storage pointer")) return [];
  const changes: Change[] = [{ operator: "deletion", start, end, text: "" }];
  if (expression.nodeType === "Assignment") {
    const operator = String(expression.operator);
    const other = assignments[operator];
    if (other !== undefined) changes.push(between(expression, operator, other, read));
  }
  if (expression.nodeType === "UnaryOperation") {
    const text = read(start, end);
    const turned = text.startsWith("++") ? "--" : text.startsWith("--") ? "++" : undefined;
    if (turned !== undefined) {
      changes.push({ operator: "arithmetic", start, end: start + 2, text: turned });
    }
  }
  if (expression.nodeType === "FunctionCall" && !isValue(typeOf(expression))) {
    changes.push(...swaps(expression, read));
  }
  return changes;
}

/** The branch that an `if` guards is never taken: a refusal, or an exception, is gone. */
export function guardChange(condition: Node): Change {
  return { operator: "guard", ...span(condition), text: "false" };
}

function binary(node: Node, read: Read): Change[] {
  const sign = String(node.operator);
  const [operator, ...others] = replacements[sign] ?? [];
  if (operator === undefined || isConstant(node)) return [];
  return others.map((other) => ({ ...between(node, sign, other, read), operator }));
}

/** Replaces the sign between the two sides of an operation. */
function between(node: Node, sign: string, other: string, read: Read): Change {
  const left = child(node, "leftExpression") ?? child(node, "leftHandSide");
  const right = child(node, "rightExpression") ?? child(node, "rightHandSide");
  if (left === undefined || right === undefined) throw new TypeError("an operation has two sides");
  const from = span(left).end;
  const at = from + read(from, span(right).start).indexOf(sign);
  return { operator: "arithmetic", start: at, end: at + sign.length, text: other };
}

function negation(node: Node, read: Read): Change[] {
  const inner = child(node, "subExpression");
  if (node.operator !== "!" || inner === undefined) return [];
  const { start, end } = span(inner);
  return [{ operator: "boolean", ...span(node), text: read(start, end) }];
}

function constant(node: Node, parent: Node | undefined, read: Read): Change[] {
  const { start, end } = span(node);
  const text = read(start, end);
  if (node.nodeType !== "Literal") {
    const name = node.nodeType === "Identifier" ? text : String(node.memberName);
    const named = /^[A-Z][A-Z0-9_]*$/.test(name) && /^uint/.test(typeOf(node));
    const isKnown = named && (node.isConstant === true || node.nodeType === "Identifier");
    return isKnown ? [{ operator: "constant", start, end, text: `(${text} + 1)` }] : [];
  }
  if (node.kind !== "number" || parent === undefined || isConstant(parent)) return [];
  // A literal as such has the smallest type that it fits.
  const shifted = parent.nodeType === "BinaryOperation" && parent.operator === "<<";
  if (shifted && child(parent, "leftExpression") === node) return [];
  const typed = [
    "BinaryOperation",
    "VariableDeclarationStatement",
    "Assignment",
    "Return",
    "Conditional",
  ];
  const wanted = (parent.commonType as { typeString?: string } | undefined)?.typeString;
  if (!typed.includes(parent.nodeType) || (wanted !== undefined && !/^u?int/.test(wanted)))
    return [];
  const [digits = "", ...unit] = text.split(" ");
  const value = BigInt(
    digits.replaceAll("_", "").replace(/^(\d+)e(\d+)$/, (_, a, b) => a + "0".repeat(Number(b))),
  );
  const beside = value === 0n ? [1n] : [value - 1n, value + 1n];
  return beside.map((next) => ({
    operator: "constant" as const,
    ...{ start, end, text: [String(next), ...unit].join(" ") },
  }));
}

/** Neighbouring arguments of one type, the other way round. */
function swaps(node: Node, read: Read): Change[] {
  const names = node.names as unknown[] | undefined;
  const given = node.arguments as Node[] | undefined;
  const called = typeOf(child(node, "expression"));
  if (node.kind === "typeConversion" || given === undefined || (names?.length ?? 0) > 0) return [];
  // Digests are compared with the SDK's, which no Solidity test replaces.
  if (!called.startsWith("function") || /^abi\./.test(read(span(node).start, span(node).end)))
    return [];
  const changes: Change[] = [];
  for (let i = 1; i < given.length; i++) {
    const [one, other] = [given[i - 1], given[i]];
    if (one === undefined || other === undefined || typeOf(one) !== typeOf(other)) continue;
    if (isConstant(one)) continue;
    const [first, second] = [span(one), span(other)];
    const texts = [read(first.start, first.end), read(second.start, second.end)];
    if (texts[0] === texts[1]) continue;
    const middle = read(first.end, second.start);
    const text = `${texts[1]}${middle}${texts[0]}`;
    changes.push({ operator: "swap", start: first.start, end: second.end, text });
  }
  return changes;
}

function isConstant(node: Node): boolean {
  return /^(int_const|rational_const|literal_string)/.test(typeOf(node));
}

/** Types that a conditional expression can have. */
function isValue(type: string): boolean {
  return /^(u?int\d*|bool|bytes\d+|address|enum \S+)$/.test(type);
}
