import { parseAmount, waitForReceipt } from "@deco-network/sdk";
import { getProviderOf, register } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import type { Account, Address } from "viem";
import { sendTransaction } from "viem/actions";
import { openAccount } from "../../context/open-account.ts";
import { type OpenMarket, openMarket } from "../../context/open-market.ts";
import { CliError } from "../../errors.ts";
import { DECO, formatAmount } from "../../output/format.ts";
import { approveStake } from "../../provider/approve-stake.ts";
import { storeDescription } from "../../provider/provider-document.ts";
import {
  inFolder,
  operatorAddress,
  providerHome,
  readConfig,
} from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface RegisterOptions {
  readonly folder?: string;
  readonly stake: string;
  readonly gas?: string;
}

const ETH = { symbol: "ETH", decimals: 18 };
const LOCAL_CHAIN = 31_337;
/** On a local chain ether is free, and an operator without it could do nothing. */
const LOCAL_GAS = "10";

export function addProviderRegister(group: Command, cli: Cli): void {
  const command = group
    .command("register")
    .summary("create the provider's identity with a stake")
    .description(
      "Registers the operator key of `provider init` as a provider that the account owns, with a stake in " +
        "DECO, and describes the machine. The owner alone can withdraw.",
    )
    .requiredOption("--stake <amount>", "DECO to stake")
    .option(
      "--gas <ether>",
      "ETH to send the operator for gas (default: none; 10 on a local chain)",
    )
    .option("--folder <folder>", "the provider's folder (default: provider in the home folder)");
  const examples = [
    "deco provider register --stake 5000 --account alice",
    "deco provider register --stake 5000 --gas 0.05",
  ];
  cli.action<RegisterOptions>(command, { examples }, async (context, options) => {
    const { signal, output } = context;
    const home = providerHome(context, options.folder);
    const config = await readConfig(home);
    const stake = parseAmount(options.stake, DECO);
    const operator = await operatorAddress(context, config);
    const account = await openAccount(context);
    const market = await openMarket(context, account);
    const { client, deployment } = market;
    const existing = await getProviderOf(client, { deployment, operator });
    if (existing !== undefined) {
      throw new CliError("provider-exists", `The operator key serves provider ${existing}.`, {
        where: operator,
        remedy: "Add stake with `deco provider stake`, or start it.",
      });
    }
    const metadata = await storeDescription(home, config.dataFolder);
    const gas = options.gas ?? (deployment.chainId === LOCAL_CHAIN ? LOCAL_GAS : "0");
    await sendGas(market, account, operator, parseAmount(gas, ETH), signal);
    output.say("registering");
    await approveStake(market, stake, signal);
    const { provider, hash } = await register(client, {
      ...{ deployment, operator, metadata, endpoint: "", stake, signal },
    });
    return {
      json: { status: "registered", provider, operator, stake, metadata, transaction: hash },
      text: [
        `Provider ${provider}, with ${formatAmount(stake, DECO)} staked.`,
        `Start it with: deco provider start${inFolder(options.folder)}`,
      ],
    };
  });
}

async function sendGas(
  { client }: OpenMarket,
  account: Account,
  to: Address,
  value: bigint,
  signal: AbortSignal,
): Promise<void> {
  if (value === 0n) return;
  const hash = await sendTransaction(client, { account, to, value, chain: client.chain ?? null });
  await waitForReceipt(client, { hash, signal });
}
