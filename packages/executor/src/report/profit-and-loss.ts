import type { Request } from "@deco-network/sdk";
import type { Address, Hash } from "viem";

import type { ExecutorConfig } from "../config/schema.ts";
import type { GasRecord, UsageRecord } from "../records/records.ts";
import type { SeatResult, TransactionCost } from "./read-chain.ts";

/** What one task or panel brought and cost. Amounts are exact, in base units. */
export interface TaskResult {
  /** The task's id, or a panel's. */
  readonly id: Hash;
  readonly kind: "task" | "panel";
  readonly outcome?: SeatResult["outcome"];
  /** Payment token; absent when the endpoint does not have the task's post. */
  readonly token?: Address;
  readonly paid: bigint;
  /** For calls that ended it or its rounds; credited to the operator's account in the market. */
  readonly settlementFees: bigint;
  /** DECO. */
  readonly slashed: bigint;
  /** DECO. */
  readonly declineFees: bigint;
  /** DECO, for rescues. */
  readonly bounties: bigint;
  readonly gasWei: bigint;
  readonly runMillis: number;
  readonly cpuMillis: number;
  readonly energyMillijoules: bigint;
  readonly energy: "measured" | "estimated" | "none";
}

export interface TokenTotal {
  readonly token: Address;
  readonly paid: bigint;
  readonly settlementFees: bigint;
}

export interface EnergyTotal {
  readonly measuredMillijoules: bigint;
  readonly estimatedMillijoules: bigint;
  /** Millionths of the currency, rounded up; absent without a configured price. */
  readonly cost?: { readonly currency: string; readonly micros: bigint };
}

export interface ProfitAndLoss {
  readonly tasks: readonly TaskResult[];
  readonly tokens: readonly TokenTotal[];
  /** DECO. */
  readonly slashed: bigint;
  /** DECO. */
  readonly declineFees: bigint;
  /** DECO, for rescues. */
  readonly bounties: bigint;
  /** ETH; of tasks, and of the provider's own affairs. */
  readonly gasWei: bigint;
  readonly ownAffairsWei: bigint;
  readonly energy: EnergyTotal;
  /** Payment tokens less what was lost in them: DECO carries slashes, decline fees and bounties. */
  readonly net: readonly { readonly token: Address; readonly amount: bigint }[];
}

export interface Facts {
  /** DECO's address. */
  readonly deco: Address;
  readonly seats: readonly SeatResult[];
  readonly costs: readonly (TransactionCost & { readonly record: GasRecord })[];
  readonly usage: readonly UsageRecord[];
  readonly requests: ReadonlyMap<Hash, { readonly task: Hash; readonly request: Request }>;
  readonly energy: ExecutorConfig["energy"];
}

type Row = { -readonly [K in keyof TaskResult]: TaskResult[K] };

/** Adds up what the chain and the records say. Nothing is converted: each token, ETH and the energy's currency stand for themselves. */
export function profitAndLoss(facts: Facts): ProfitAndLoss {
  const { seats, costs, usage, requests, energy } = facts;
  const rows = new Map<Hash, Row>();
  const rowOf = (id: Hash): Row => {
    const known = requests.get(id);
    const row = rows.get(id) ?? {
      ...{ id, kind: known && known.task !== id ? ("panel" as const) : ("task" as const) },
      ...(known && { token: known.request.token }),
      ...{ paid: 0n, settlementFees: 0n, slashed: 0n, declineFees: 0n, bounties: 0n },
      ...{ gasWei: 0n, runMillis: 0, cpuMillis: 0, energyMillijoules: 0n, energy: "none" as const },
    };
    rows.set(id, row);
    return row;
  };
  for (const { id, outcome, paid, lost, bounty = 0n } of seats) {
    const row = rowOf(id);
    row.outcome = outcome;
    row.paid += paid;
    row.bounties += bounty;
    if (outcome === "declined") row.declineFees += lost;
    else row.slashed += lost;
  }
  let ownAffairsWei = 0n;
  for (const { record, wei, ended } of costs) {
    if (record.key) rowOf(record.key.task).gasWei += wei;
    else ownAffairsWei += wei;
    for (const id of ended)
      rowOf(id).settlementFees += requests.get(id)?.request.settlementFee ?? 0n;
  }
  for (const { key, runMillis, cpuMillis, energyMillijoules } of usage) {
    const row = rowOf(key.task);
    row.runMillis += runMillis;
    row.cpuMillis += cpuMillis;
    if (energyMillijoules !== undefined) {
      row.energyMillijoules += BigInt(energyMillijoules);
      if (row.energy === "none") row.energy = "measured";
    } else if (energy) {
      row.energyMillijoules += BigInt(Math.round(cpuMillis * energy.wattsPerCore));
      row.energy = "estimated";
    }
  }
  return totals([...rows.values()], ownAffairsWei, facts);
}

function totals(tasks: readonly TaskResult[], ownAffairsWei: bigint, facts: Facts): ProfitAndLoss {
  const tokens = new Map<Address, { token: Address; paid: bigint; settlementFees: bigint }>();
  for (const { token, paid, settlementFees } of tasks) {
    if (token === undefined) continue;
    const total = tokens.get(token) ?? { token, paid: 0n, settlementFees: 0n };
    total.paid += paid;
    total.settlementFees += settlementFees;
    tokens.set(token, total);
  }
  const slashed = sum(tasks, "slashed");
  const declineFees = sum(tasks, "declineFees");
  const bounties = sum(tasks, "bounties");
  const net = new Map<Address, bigint>([[facts.deco, bounties - slashed - declineFees]]);
  for (const { token, paid, settlementFees } of tokens.values()) {
    net.set(token, (net.get(token) ?? 0n) + paid + settlementFees);
  }
  return {
    ...{ tasks, tokens: [...tokens.values()], slashed, declineFees, bounties, ownAffairsWei },
    gasWei: sum(tasks, "gasWei") + ownAffairsWei,
    energy: energyTotal(tasks, facts.energy),
    net: [...net].map(([token, amount]) => ({ token, amount })),
  };
}

function sum(
  tasks: readonly TaskResult[],
  name: "slashed" | "declineFees" | "bounties" | "gasWei" | "energyMillijoules",
): bigint {
  return tasks.reduce((total, task) => total + task[name], 0n);
}

const MILLIJOULES_PER_KWH = 3_600_000_000n;
const MICROS = 6;

function energyTotal(tasks: readonly TaskResult[], priced: ExecutorConfig["energy"]): EnergyTotal {
  const of = (energy: TaskResult["energy"]) =>
    sum(
      tasks.filter((task) => task.energy === energy),
      "energyMillijoules",
    );
  const [measuredMillijoules, estimatedMillijoules] = [of("measured"), of("estimated")];
  if (!priced) return { measuredMillijoules, estimatedMillijoules };
  const [whole = "0", fraction = ""] = priced.pricePerKwh.split(".");
  const price = BigInt(whole + fraction.padEnd(MICROS, "0"));
  const product = (measuredMillijoules + estimatedMillijoules) * price;
  const micros = (product + MILLIJOULES_PER_KWH - 1n) / MILLIJOULES_PER_KWH;
  return { measuredMillijoules, estimatedMillijoules, cost: { currency: priced.currency, micros } };
}
