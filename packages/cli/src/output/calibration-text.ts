import type { MachineSpeed, PriceLine } from "@deco-network/executor/calibration";

import { formatPairs, formatTable } from "./table.ts";

/** What was measured, for people. */
export function speedText({
  wasm,
  slots,
  fuelPerSecond,
  container,
  content,
}: MachineSpeed): string[] {
  const each = slots === 1 ? "one program" : `each of ${slots} at once`;
  const rows = (["integers", "floats", "memory"] as const).map((kernel) => [
    kernel,
    millions(wasm.alone[kernel]),
    millions(wasm.together[kernel]),
  ]);
  const start =
    "startMillis" in container
      ? `${container.startMillis} ms to start and end one (engine ${container.version})`
      : `not measured: ${container.unavailable}`;
  return [
    ...formatTable(["fuel, 10⁶ a second", "alone", each], rows),
    "",
    ...formatPairs([
      ["fuelPerSecond", `${fuelPerSecond} (the same fuel of each, ${each})`],
      ["containers", start],
      ["disk", `${megabytes(content.diskWrite)} written`],
      ["SHA-256", megabytes(content.hash)],
      ["publishing", megabytes(content.publish)],
      ["memory", `${megabytes(content.memoryCopy)} copied`],
    ]),
  ];
}

/** The price list, for people: in the operator's currency, in ether, and in tokens' base units. */
export function priceLinesText(lines: readonly PriceLine[]): string[] {
  const tokens = Object.keys(lines[0]?.tokens ?? {}) as (keyof PriceLine["tokens"])[];
  return formatTable(
    ["price of", "your currency", "wei", ...tokens.map((token) => `units of ${token}`)],
    lines.map(({ what, currency, ether, tokens: amounts }) => [
      ...[what, currency.toPrecision(3), String(ether)],
      ...tokens.map((token) => String(amounts[token] ?? 0n)),
    ]),
  );
}

function millions(perSecond: number): string {
  return (perSecond / 1e6).toFixed(0);
}

function megabytes(perSecond: number): string {
  return `${(perSecond / 1e6).toFixed(0)} MB/s`;
}
