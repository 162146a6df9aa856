import type { ProgramDocument } from "@deco-network/sdk";
import type { Address } from "viem";
import type * as z from "zod";

import { type ExecutorConfig, executorConfigSchema } from "../config/schema.ts";
import { type Machine, type PricingPolicy, priceFloor } from "../pricing/price-floor.ts";
import type { MachineSpeed } from "./calibrate.ts";

/** A policy of prices as it is written in a file. */
export type PricingInput = NonNullable<
  NonNullable<z.input<typeof executorConfigSchema>["policy"]>["pricing"]
>;

/** What only the operator knows; absent fields stay as they are configured. */
export type Costs = Partial<Omit<PricingInput, "fuelPerSecond" | "containerStartMillis">>;

/** The price of something sold, in the units of those who buy. */
export interface PriceLine {
  readonly what: string;
  /** In the operator's currency, for people. */
  readonly currency: number;
  /** Wei. */
  readonly ether: bigint;
  /** Base units of each payment token. */
  readonly tokens: Readonly<Record<Address, bigint>>;
}

export interface Proposal {
  /** For `policy.pricing` of the executor's configuration. */
  readonly pricing: PricingInput;
  readonly lines: readonly PriceLine[];
}

const HOUR_SECONDS = 3_600;
const ETHER = 10n ** 18n;
/** Large enough that rounding up does not show. */
const UNIT_FUEL = 10n ** 9n;
const ANY_DIGEST = `sha256:${"0".repeat(64)}`;
const ANY_CID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

/**
 * A price list for a measured machine. Prices are what `priceFloor` asks of tasks: the same function computes both.
 * @throws ZodError when costs are no pricing policy, for instance without a price of ether
 */
export function proposePrices(
  speed: MachineSpeed,
  costs: Costs,
  { policy, capacity }: Pick<ExecutorConfig, "policy" | "capacity">,
): Proposal {
  const before = policy.pricing && textOf(policy.pricing);
  const { container } = speed;
  const pricing = {
    tokens: {},
    ...before,
    ...costs,
    fuelPerSecond: speed.fuelPerSecond,
    ...("startMillis" in container && { containerStartMillis: container.startMillis }),
  } as PricingInput;
  const parsed = parsePricing(pricing);
  return { pricing, lines: priceLines(parsed, capacity) };
}

/** @throws ZodError */
function parsePricing(pricing: PricingInput): PricingPolicy {
  const schema = executorConfigSchema.shape.policy;
  const parsed = schema.parse({ pricing }).pricing;
  if (parsed === undefined) throw new RangeError("A pricing policy was given.");
  return parsed;
}

/** As a file has it: amounts are text. */
function textOf({ tokens, gasPrice, ...rest }: PricingPolicy): PricingInput {
  const texts = Object.entries(tokens).map(([token, units]) => [token, String(units)]);
  return { ...rest, gasPrice: String(gasPrice), tokens: Object.fromEntries(texts) };
}

function priceLines(pricing: PricingPolicy, machine: Machine): PriceLine[] {
  // Each part for itself, at all of its limits: what `limitsBps` expects of programs changes no rate.
  const rates = { ...pricing, limitsBps: 10_000 };
  const work = { ...rates, seatGas: 0, containerStartMillis: 0 };
  const line = (what: string, policy: PricingPolicy, of?: Parameters<typeof priceFloor>[3]) => {
    const at = (rate: bigint) => priceFloor(policy, machine, rate, of).amount;
    const ether = at(ETHER);
    const tokens = Object.entries(pricing.tokens).map(([token, rate]) => [token, at(rate)]);
    const currency = (Number(ether) / Number(ETHER)) * Number(pricing.etherPrice);
    return { what, ether, currency, tokens: Object.fromEntries(tokens) as PriceLine["tokens"] };
  };
  const fuelled = {
    ...{ runs: 1, memoryBytes: 0 },
    program: wasmOf(UNIT_FUEL * BigInt(HOUR_SECONDS)),
  };
  const perFuel = line("10⁹ units of fuel", work, fuelled);
  const coreHour = { runs: 1, memoryBytes: 0, program: containerOf(HOUR_SECONDS) };
  return [
    scaled(perFuel, BigInt(HOUR_SECONDS)),
    line("an hour of one core in a container", work, coreHour),
    // With next to nothing of its limits, a run is its start.
    line(
      "starting a container",
      { ...rates, seatGas: 0, limitsBps: 1 },
      { ...coreHour, program: containerOf(1) },
    ),
    line(`a seat's gas (${pricing.seatGas})`, pricing),
  ];
}

/** Prices of one part of many, rounded up. */
function scaled({ what, currency, ether, tokens }: PriceLine, parts: bigint): PriceLine {
  const ceil = (amount: bigint) => (amount + parts - 1n) / parts;
  const each = Object.entries(tokens).map(([token, amount]) => [token, ceil(amount)]);
  return {
    ...{ what, currency: currency / Number(parts), ether: ceil(ether) },
    tokens: Object.fromEntries(each) as PriceLine["tokens"],
  };
}

function wasmOf(fuel: bigint): ProgramDocument {
  return {
    ...{ deco: "program/1", engine: "wasm", command: [], env: {}, network: "none", stdout: false },
    module: ANY_CID,
    limits: {
      ...{ memoryBytes: 65_536, outputBytes: 0, stdoutBytes: 0, wallSeconds: 604_800 },
      fuel: String(fuel),
    },
  };
}

function containerOf(wallSeconds: number): ProgramDocument {
  return {
    ...{ deco: "program/1", engine: "oci", command: [], env: {}, network: "none", stdout: false },
    image: { archive: ANY_CID, id: ANY_DIGEST },
    limits: {
      ...{ memoryBytes: 65_536, outputBytes: 0, stdoutBytes: 0, diskBytes: 0, pids: 64 },
      ...{ wallSeconds, cpuMillis: 1_000 },
    },
  };
}
