import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import { getMarketBalance } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import { type Address, isAddress } from "viem";
import { getBalance, readContract } from "viem/actions";

import { paymentTokens } from "../../context/choose-token.ts";
import type { CommandContext } from "../../context/command-context.ts";
import { accountAddress, openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import { CliError } from "../../errors.ts";
import { formatAmount } from "../../output/format.ts";
import { formatTable } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";

interface BalanceOptions {
  readonly token?: string;
}

const ETHER = { symbol: "ETH", decimals: 18 };

export function addAccountBalance(group: Command, cli: Cli): void {
  const command = group
    .command("balance")
    .summary("what the market owes to an account")
    .description(
      "Tells what lies in the market for an account (refunds of tasks, compensation, deposits), and what " +
        "the account itself holds. A keystore's password is not needed.",
    )
    .argument("[address]", "somebody else's address (default: the account)")
    .option("--token <token>", "symbol or address (default: every payment token)");
  const examples = [
    "deco account balance",
    "deco account balance --json | jq -r '.balances[].market'",
    "deco account balance 0x1234…",
  ];
  cli.action<BalanceOptions>(command, { examples }, async (context, options, operand) => {
    const account = await addressOf(context, operand);
    const market = await openMarket(context);
    const { client, deployment } = market;
    const tokens = await paymentTokens(context, market, options.token);
    const balances = await Promise.all(
      tokens.map(async (token) => {
        const [owed, held] = await Promise.all([
          getMarketBalance(client, { deployment, token: token.address, account }),
          readContract(client, {
            ...{ address: token.address, abi: decoTokenAbi },
            ...{ functionName: "balanceOf", args: [account] },
          }),
        ]);
        return { token, owed, held };
      }),
    );
    const wei = await getBalance(client, { address: account });
    return {
      json: {
        ...{ status: "ok", account, wei },
        balances: balances.map(({ token: { address, symbol, decimals }, owed, held }) => ({
          ...{ token: address, symbol, decimals, market: owed, account: held },
        })),
      },
      text: [
        ...formatTable(
          ["TOKEN", "IN THE MARKET", "IN THE ACCOUNT"],
          [
            ...balances.map(({ token, owed, held }) => [
              ...[token.symbol, formatAmount(owed, token), formatAmount(held, token)],
            ]),
            ["ETH", "", formatAmount(wei, ETHER)],
          ],
        ),
        ...(balances.some(({ owed }) => owed > 0n) ? ["Take it out: deco account withdraw"] : []),
      ],
    };
  });
}

async function addressOf(context: CommandContext, operand: string | undefined): Promise<Address> {
  if (operand === undefined) {
    return (await accountAddress(context)) ?? (await openAccount(context)).address;
  }
  if (isAddress(operand)) return operand;
  throw new CliError("usage", `"${operand}" is no address.`, {
    remedy: "Give 0x and 40 hexadecimal digits, or leave it out for your own account.",
  });
}
