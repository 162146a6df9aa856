import type { CircuitCheck } from "@deco-network/circuits";

import type { Style } from "./style.ts";

/** One line for each check of a circuit. */
export function circuitCheckText({ name, status, detail }: CircuitCheck, style: Style): string {
  const paint = { passed: style.good, failed: style.bad, skipped: style.warn }[status];
  return `${paint(status)}  ${name}: ${detail}`;
}
