import { decoMarketAbi } from "@deco-network/sdk";
import { getMarketBalance, withdraw } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import { simulateContract } from "viem/actions";

import { accountAddress, openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import {
  addWithdrawalOptions,
  type Purse,
  takeOut,
  type WithdrawalOptions,
} from "../../context/withdrawals.ts";
import { EXIT } from "../../exit-codes.ts";
import type { Cli } from "../cli-action.ts";

export function addAccountWithdraw(group: Command, cli: Cli): void {
  const command = group
    .command("withdraw")
    .summary("take out what the market owes to the account")
    .description(
      "Sends the account what lies for it in the market: refunds of tasks, compensation for seats that did not " +
        "work, deposits. Where nothing does, nothing is sent.",
    );
  addWithdrawalOptions(command);
  const examples = [
    "deco account withdraw --dry-run",
    "deco account withdraw --token DECO --amount 1.5",
    "deco account withdraw --to 0x1234…",
  ];
  const exitCodes = { [EXIT.negative]: "less is owed than --amount" };
  cli.action<WithdrawalOptions>(command, { examples, exitCodes }, async (context, options) => {
    // A rehearsal signs nothing.
    const known = options.dryRun ? await accountAddress(context) : undefined;
    const account = known ?? (await openAccount(context));
    const owner = typeof account === "string" ? account : account.address;
    const market = await openMarket(context, typeof account === "string" ? undefined : account);
    const { client, deployment } = market;
    const { signal } = context;
    const purse: Purse = {
      balanceOf: (token) => getMarketBalance(client, { deployment, token, account: owner }),
      simulate: (token, amount, to) =>
        simulateContract(client, {
          ...{ address: deployment.market, abi: decoMarketAbi, functionName: "withdraw" },
          ...{ args: [token, amount, to], account: owner },
        }),
      send: (token, amount, to) => withdraw(client, { deployment, token, amount, to, signal }),
    };
    return takeOut(context, market, purse, owner, options);
  });
}
