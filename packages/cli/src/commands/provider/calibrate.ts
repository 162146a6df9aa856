import type { ExecutorConfig } from "@deco-network/executor";
import type { Costs, MachineSpeed, Proposal } from "@deco-network/executor/calibration";
import type { Command } from "commander";
import type { Address } from "viem";
import { getGasPrice } from "viem/actions";

import type { CommandContext } from "../../context/command-context.ts";
import { openMarket } from "../../context/open-market.ts";
import { CliError } from "../../errors.ts";
import { priceLinesText, speedText } from "../../output/calibration-text.ts";
import { providerHome, readConfig } from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";
import {
  baseUnits,
  basisPoints,
  decimalText,
  positiveDecimalText,
  tokenRate,
  wholeNumber,
} from "../option-values.ts";

interface CalibrateOptions {
  readonly folder?: string;
  readonly etherPrice?: string;
  readonly machinePerHour?: string;
  readonly energyPrice?: string;
  readonly watts?: number;
  readonly utilisation?: number;
  readonly margin?: number;
  readonly gasPrice?: string;
  readonly token?: readonly (readonly [Address, string])[];
  readonly containers: boolean;
  readonly quick?: true;
  readonly write?: true;
}

/** Of each measurement with `--quick`. */
const QUICK_MILLIS = 100;
/** What an operator must say at least before anything has a price. */
const NEEDS_ETHER_PRICE =
  "Prices need the price of one ether: give --ether-price, or set policy.pricing.etherPrice.";

export function addProviderCalibrate(group: Command, cli: Cli): void {
  const command = group
    .command("calibrate")
    .summary("measure this machine and propose prices")
    .description(
      "Measures in some 20 seconds how fast programs run here, in the sandboxes that tasks run in, and proposes the price list that follows " +
        "from it and from your costs. What is not given is taken from the configuration. Nothing is changed without --write, which sets " +
        "policy.pricing and keeps the rest of the file; the executor uses it from its next start. Stop the executor first, or the " +
        "figures are too low.",
    )
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)")
    .option("--ether-price <amount>", "one ether in your currency", positiveDecimalText)
    .option("--machine-per-hour <amount>", "an hour of the machine, without energy", decimalText)
    .option("--energy-price <amount>", "one kilowatt-hour", decimalText)
    .option("--watts <count>", "of the whole machine under load", wholeNumber)
    .option("--utilisation <percent>", "part of the time that you expect to sell", basisPoints)
    .option("--margin <percent>", "on top of cost", basisPoints)
    .option("--gas-price <wei>", "wei for one gas (default: configured, else now)", baseUnits)
    .option(
      "--token <address=units>",
      "a payment token, and its base units for which you give one ether; may be repeated",
      tokenRate,
    )
    .option("--quick", "measure for a moment only, less exactly")
    .option("--no-containers", "do not measure containers")
    .option("--write", "write the price list into the configuration");
  const examples = [
    "deco provider calibrate",
    "deco provider calibrate --ether-price 2500 --machine-per-hour 0.08 --watts 65 --energy-price 0.30 --margin 20",
    "deco provider calibrate --ether-price 2500 --token 0x1234…=2000000000 --write",
    "deco provider calibrate --json | jq .speed.fuelPerSecond",
  ];
  cli.action<CalibrateOptions>(command, { examples }, async (context, options) => {
    const { output, signal } = context;
    const home = providerHome(context, options.folder);
    const config = await readConfig(home);
    const { pricing } = config.policy;
    const isPriced = (options.etherPrice ?? pricing?.etherPrice) !== undefined;
    // Before a measurement that would be for nothing.
    if (options.write && !isPriced) {
      throw new CliError("usage", NEEDS_ETHER_PRICE, { remedy: "Example: --ether-price 2500." });
    }
    const costs = isPriced ? await costsOf(context, options, config) : undefined;
    const { calibrate, proposePrices } = await import("@deco-network/executor/calibration");
    const { oci } = config.engines;
    const speed = await calibrate(
      {
        ...{ dataFolder: config.dataFolder, slots: config.capacity.slots },
        ...(oci && options.containers && { container: oci }),
        ...(options.quick && { millis: QUICK_MILLIS }),
        onProgress: (line) => output.say(`measuring ${line}`),
      },
      signal,
    );
    const proposal = costs && proposePrices(speed, costs, config);
    if (proposal && options.write) {
      const { updateConfigFile } = await import("@deco-network/executor");
      const value = proposal.pricing;
      await updateConfigFile(home.config, [{ path: ["policy", "pricing"], value }]);
    }
    return {
      json: {
        status: options.write ? "written" : "proposed",
        ...{ config: home.config, speed },
        ...(proposal && { pricing: proposal.pricing, prices: proposal.lines }),
      },
      text: textOf(speed, proposal, { path: home.config, written: options.write === true }),
    };
  });
}

/** What was given; for gas also what the chain asks now where nothing is configured. */
async function costsOf(
  context: CommandContext,
  options: CalibrateOptions,
  { policy: { pricing } }: ExecutorConfig,
): Promise<Costs> {
  const { etherPrice, machinePerHour, energyPrice, watts, utilisation, margin, token } = options;
  const configured = pricing !== undefined && pricing.gasPrice > 0n;
  const gasPrice = options.gasPrice ?? (configured ? undefined : await gasPriceNow(context));
  const known = Object.entries(pricing?.tokens ?? {}).map(([at, units]) => [at, String(units)]);
  return {
    ...(etherPrice !== undefined && { etherPrice }),
    ...(machinePerHour !== undefined && { machinePerHour }),
    ...(energyPrice !== undefined && { energyPrice }),
    ...(watts !== undefined && { watts }),
    ...(utilisation !== undefined && { utilisationBps: utilisation }),
    ...(margin !== undefined && { marginBps: margin }),
    ...(gasPrice !== undefined && { gasPrice }),
    ...(token && { tokens: Object.fromEntries([...known, ...token]) }),
  };
}

async function gasPriceNow(context: CommandContext): Promise<string | undefined> {
  try {
    const { client } = await openMarket(context);
    return String(await getGasPrice(client));
  } catch (error) {
    context.signal.throwIfAborted();
    const why = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "";
    context.output.say(`gas has no price: ${why} Give --gas-price to count it.`);
    return undefined;
  }
}

function textOf(
  speed: MachineSpeed,
  proposal: Proposal | undefined,
  { path, written }: { readonly path: string; readonly written: boolean },
): string[] {
  return [
    ...speedText(speed),
    "",
    ...(proposal ? priceLinesText(proposal.lines) : [NEEDS_ETHER_PRICE]),
    ...(proposal
      ? ["", written ? `Written to ${path}.` : `Nothing was changed; --write puts it into ${path}.`]
      : []),
  ];
}
