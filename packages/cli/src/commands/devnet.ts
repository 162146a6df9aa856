import { rm } from "node:fs/promises";

import { type Command, InvalidArgumentError } from "commander";
import { bytesToHex, type Hex } from "viem";

import type { CommandContext } from "../context/command-context.ts";
import { deploymentFileOf, rememberDeployment, requireHomeFor } from "../context/deployment.ts";
import { createKeystore, keptPasswordPath, keystorePath } from "../context/keystores.ts";
import { createPrivateFile } from "../context/private-file.ts";
import { untilAborted } from "../context/until-aborted.ts";
import { isCliError } from "../errors.ts";
import type { Cli } from "./cli-action.ts";

interface DevnetOptions {
  readonly port: number;
  readonly accounts: number;
  readonly blockSeconds: number;
}

const LOCAL_CHAIN = 31_337;
/** Keystore of the first funded account; its key is public knowledge, worth nothing elsewhere. */
const LOCAL_ACCOUNT = "devnet";

export function addDevnet(program: Command, cli: Cli): void {
  const command = program
    .command("devnet")
    .summary("run a local chain with the market on it")
    .description(
      "Runs a local chain with the market deployed and accounts funded, until Ctrl-C. Other commands " +
        `find it without flags; the first funded account is stored as "${LOCAL_ACCOUNT}".`,
    )
    .option("--port <number>", "TCP port on loopback; 0 chooses a free one", wholeNumber, 0)
    .option("--accounts <number>", "funded accounts", wholeNumber, 10)
    .option("--block-seconds <seconds>", "seconds between blocks", positive, 0.25);
  const details = {
    examples: ["deco devnet", "deco devnet --port 8545 --accounts 3", "deco devnet --json"],
  };
  cli.action<DevnetOptions>(command, details, async (context, options) => {
    const { output, signal } = context;
    await requireHomeFor(context, LOCAL_CHAIN);
    // Each command loads the packages that only it needs when it runs.
    const { startDevnet } = await import("@deco-network/devnet");
    const { port, accounts: count, blockSeconds } = options;
    const devnet = await startDevnet({ port, accounts: count, blockSeconds, signal });
    try {
      const deploymentFile = await rememberDeployment(context, devnet.deployment);
      const [first] = devnet.accounts;
      if (first !== undefined) await storeLocalAccount(context, first);
      const { accounts, deployment, rpcUrl } = devnet;
      const { bold, dim } = output.style;
      output.answer({
        json: { status: "ready", deploymentFile, ...deployment, accounts },
        text: [
          `${bold("RPC")}         ${rpcUrl}`,
          `${bold("market")}      ${deployment.market}`,
          `${bold("DECO")}        ${deployment.token}`,
          `${bold("deployment")}  ${deploymentFile}`,
          "",
          "Funded accounts and their keys, known to everybody:",
          ...accounts.map(({ address, privateKey }) => `  ${address}  ${dim(privateKey)}`),
          "",
          `The first one is the account "${LOCAL_ACCOUNT}". Ctrl-C ends the chain.`,
        ],
      });
      await untilAborted(signal);
    } finally {
      await devnet.stop();
      await rm(deploymentFileOf(context), { force: true });
    }
    return undefined;
  });
}

async function storeLocalAccount(
  context: CommandContext,
  account: { readonly address: Hex; readonly privateKey: Hex },
): Promise<void> {
  const path = keystorePath(context, LOCAL_ACCOUNT);
  const password = bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
  try {
    await createKeystore(path, account, password);
    await createPrivateFile(keptPasswordPath(path), `${password}\n`);
  } catch (error) {
    // Every local chain has the same accounts, so an earlier keystore serves.
    if (!isCliError(error, "account-exists")) throw error;
  }
}

function wholeNumber(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number above zero.");
}
