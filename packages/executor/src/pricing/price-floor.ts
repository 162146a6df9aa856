import type { ProgramDocument } from "@deco-network/sdk";

import { cpuMillisOf } from "@deco-network/sdk/capacity";
import { longestRunMillis } from "../capacity/run-times.ts";
import type { ExecutorConfig } from "../config/schema.ts";

/** What an operator says of its costs. */
export type PricingPolicy = NonNullable<ExecutorConfig["policy"]["pricing"]>;

/** What all programs share. */
export type Machine = Pick<ExecutorConfig["capacity"], "slots" | "cpuMillis" | "memoryBytes">;

/** What a seat has to run. */
export interface Work {
  readonly program: ProgramDocument;
  /** Memory that one run may take of the machine, in bytes. */
  readonly memoryBytes: number;
  /** Items of the bag, 1 for a single run. */
  readonly runs: number;
}

/** A non-negative rational number; sums stay exact, and are rounded once. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** The least that a seat is done for, and where it comes from. */
export interface PriceFloor {
  /** Base units of the payment token for one replica, rounded up. */
  readonly amount: bigint;
  /** Longest time of all runs one after the other. */
  readonly runMillis: bigint;
  /** Part of the machine that a run holds, in basis points, rounded up. */
  readonly shareBps: number;
}

const BPS = 10_000n;
const ETHER = 10n ** 18n;
const MICRO_DIGITS = 6;
const MILLIS_PER_HOUR = 3_600_000n;

/**
 * What one replica costs this machine, with the margin on top:
 * `(run time × share of the machine × (its cost / utilisation + watts × energy price) + gas × gas price) × (1 + margin)`,
 * brought from the operator's currency to ether, and from ether to the token, by the rates that the operator gives.
 * @param rate base units of the token for one ether
 * @param work absent while the program is not known: its gas alone, which no program goes below
 */
export function priceFloor(
  pricing: PricingPolicy,
  machine: Machine,
  rate: bigint,
  work?: Work,
): PriceFloor {
  const runMillis = work ? runMillisOf(pricing, work) : 0n;
  const share = work ? shareOf(machine, work) : { over: 0n, under: 1n };
  // Millionths of the currency for an hour of the whole machine, over 1000 × utilisation.
  const hour =
    micros(pricing.machinePerHour) * BPS * 1_000n +
    BigInt(pricing.watts) * micros(pricing.energyPrice) * BigInt(pricing.utilisationBps);
  const runs: Fraction = {
    over: hour * runMillis * share.over * ETHER,
    under:
      1_000n *
      BigInt(pricing.utilisationBps) *
      MILLIS_PER_HOUR *
      share.under *
      micros(pricing.etherPrice),
  };
  const gasWei = BigInt(pricing.seatGas) * pricing.gasPrice;
  const over = (runs.over + gasWei * runs.under) * (BPS + BigInt(pricing.marginBps)) * rate;
  return {
    amount: ceilDiv(over, runs.under * BPS * ETHER),
    runMillis,
    shareBps: Number(ceilDiv(share.over * BPS, share.under)),
  };
}

/** Bounded by the program's limits, of which programs use the configured part. */
function runMillisOf(pricing: PricingPolicy, { program, runs }: Work): bigint {
  const bound = longestRunMillis(program, pricing);
  const expected = ceilDiv(bound * BigInt(pricing.limitsBps), BPS);
  const start = program.engine === "oci" ? BigInt(pricing.containerStartMillis) : 0n;
  return (expected + start) * BigInt(runs);
}

/** Of slots, processors and memory, what a run takes the largest part of: nobody else gets that. */
function shareOf(machine: Machine, { program, memoryBytes }: Work): Fraction {
  const parts = [
    { over: 1n, under: BigInt(machine.slots) },
    { over: BigInt(cpuMillisOf(program)), under: BigInt(machine.cpuMillis) },
    { over: BigInt(memoryBytes), under: BigInt(machine.memoryBytes) },
  ];
  const largest = parts.reduce((a, b) => (a.over * b.under >= b.over * a.under ? a : b));
  // What does not fit is refused elsewhere.
  return largest.over > largest.under ? { over: 1n, under: 1n } : largest;
}

/** Millionths of a decimal number, whose text the configuration has checked. */
function micros(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(MICRO_DIGITS, "0"));
}

function ceilDiv(over: bigint, under: bigint): bigint {
  return (over + under - 1n) / under;
}
