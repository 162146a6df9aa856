import { ToolError } from "../../lib/tool-error.ts";

/** Something that was looked at after a deployment. */
export interface Check {
  readonly name: string;
  /** Undefined when all is well. */
  readonly problem?: string;
}

/** A check that two readings are one and the same; objects are compared by their members. */
export function same(name: string, actual: unknown, expected: unknown): Check {
  const [left, right] = [text(actual), text(expected)];
  return left === right ? { name } : { name, problem: `is ${left}, should be ${right}` };
}

/** @throws ToolError INSPECTION_FAILED naming everything that is wrong. */
export function requireAll(checks: readonly Check[]): void {
  const problems = checks.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${name} ${problem}`],
  );
  if (problems.length === 0) return;
  throw new ToolError({
    code: "INSPECTION_FAILED",
    message: `What was deployed is not what was meant: ${problems.join("; ")}.`,
    remedy: "Do not use these contracts; find the cause and deploy anew.",
  });
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === "bigint") return member.toString();
    if (typeof member === "string" && /^0x[0-9a-fA-F]{40}$/.test(member))
      return member.toLowerCase();
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
