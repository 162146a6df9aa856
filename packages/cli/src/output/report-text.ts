import type { Report, TaskResult } from "@deco-network/executor";
import type { TokenInfo } from "@deco-network/sdk/actions";
import { type Address, formatUnits } from "viem";

import { DECO, formatAmount, type Unit } from "./format.ts";
import { formatPairs, formatTable } from "./table.ts";

const ETHER: Unit = { symbol: "ETH", decimals: 18 };
const SHOWN_TASKS = 20;

type Tokens = ReadonlyMap<Address, TokenInfo>;

/** Profit and loss for people: totals with all their digits, the latest tasks shortly. */
export function reportLines(report: Report, tokens: Tokens): string[] {
  const { blocks, tasks, net, slashed, declineFees, bounties } = report;
  const { gasWei, ownAffairsWei, energy } = report;
  const measured = energy.measuredMillijoules + energy.estimatedMillijoules;
  const estimated = energy.estimatedMillijoules > 0n ? ", partly estimated" : "";
  return [
    `provider ${report.provider}, blocks ${blocks.from} to ${blocks.to}, ${tasks.length} tasks and panels`,
    "",
    ...formatPairs([
      ...report.tokens.flatMap(({ token, paid, settlementFees }) => [
        ["paid", exact(paid, unitOf(tokens, token))] as const,
        ["settlement fees", exact(settlementFees, unitOf(tokens, token))] as const,
      ]),
      ["slashed", exact(-slashed, DECO)],
      ["decline fees", exact(-declineFees, DECO)],
      ...(bounties > 0n ? [["bounties", exact(bounties, DECO)] as const] : []),
      ["gas", `${exact(-gasWei, ETHER)}, of it ${exact(ownAffairsWei, ETHER)} for own affairs`],
      ["energy", `${formatUnits(measured, 3)} J${estimated}`],
      ...(energy.cost
        ? [
            [
              "energy cost",
              `-${formatUnits(energy.cost.micros, 6)} ${energy.cost.currency}`,
            ] as const,
          ]
        : []),
      ...net.map(
        ({ token, amount }) =>
          [`net ${unitOf(tokens, token).symbol}`, exact(amount, unitOf(tokens, token))] as const,
      ),
      ["net ETH", exact(-gasWei, ETHER)],
    ]),
    ...(report.recorded ? [] : ["Gas and energy were not recorded here: no executor has run yet."]),
    ...(tasks.length > 0 ? ["", ...taskTable(tasks.slice(-SHOWN_TASKS), tokens)] : []),
    ...(tasks.length > SHOWN_TASKS
      ? [`The last ${SHOWN_TASKS} of ${tasks.length}; all with --csv or --json.`]
      : []),
  ];
}

function taskTable(tasks: readonly TaskResult[], tokens: Tokens): string[] {
  const rows = tasks.map((task) => [
    ...[`${task.id.slice(0, 14)}…`, task.kind, task.outcome ?? "open"],
    formatAmount(task.paid + task.settlementFees, unitOf(tokens, task.token)),
    formatAmount(task.slashed + task.declineFees, DECO),
    ...[formatAmount(task.gasWei, ETHER), `${formatUnits(task.energyMillijoules, 3)} J`],
  ]);
  return formatTable(["TASK", "KIND", "OUTCOME", "EARNED", "LOST", "GAS", "ENERGY"], rows);
}

/** All digits: a sum that is checked by hand must come out. */
function exact(amount: bigint, { symbol, decimals }: Unit): string {
  return `${formatUnits(amount, decimals)} ${symbol}`;
}

function unitOf(tokens: Tokens, token: Address | undefined): Unit {
  return (token && tokens.get(token)) ?? DECO;
}
