import type { Report } from "@deco-network/executor";
import type { TokenInfo } from "@deco-network/sdk/actions";
import { type Address, formatUnits } from "viem";

const COLUMNS = [
  ...["task", "kind", "outcome", "token", "paid", "settlement_fees", "slashed_deco"],
  ...["decline_fees_deco", "gas_eth", "run_seconds", "energy_joules", "energy_source"],
  "bounties_deco",
] as const;

/** One line per task and panel, then the provider's own affairs; a header first. RFC 4180, without quotes since no field needs any. */
export function reportCsv(report: Report, tokens: ReadonlyMap<Address, TokenInfo>): string[] {
  const rows = report.tasks.map((task) => {
    const { symbol, decimals } = (task.token && tokens.get(task.token)) ?? {
      symbol: "",
      decimals: 18,
    };
    return [
      ...[task.id, task.kind, task.outcome ?? "", plain(symbol)],
      ...[formatUnits(task.paid, decimals), formatUnits(task.settlementFees, decimals)],
      ...[formatUnits(task.slashed, 18), formatUnits(task.declineFees, 18)],
      ...[formatUnits(task.gasWei, 18), formatUnits(BigInt(task.runMillis), 3)],
      ...[formatUnits(task.energyMillijoules, 3), task.energy],
      formatUnits(task.bounties, 18),
    ];
  });
  const own = [
    "",
    "own-affairs",
    "",
    "",
    "0",
    "0",
    "0",
    "0",
    formatUnits(report.ownAffairsWei, 18),
  ];
  return [COLUMNS, ...rows, [...own, "0", "0", "none", "0"]].map((cells) => cells.join(","));
}

/** A token's symbol is whatever its maker chose: a spreadsheet must not take it for a formula. */
function plain(symbol: string): string {
  return symbol.replaceAll(/[^A-Za-z0-9._-]/g, "");
}
