import { parseAmount } from "@deco-network/sdk";
import type { TokenInfo } from "@deco-network/sdk/actions";
import type { Command } from "commander";
import { type Address, getAddress, type Hex, isAddress } from "viem";

import { CliError } from "../errors.ts";
import { formatAmount } from "../output/format.ts";
import type { CommandResult } from "../output/output.ts";
import { allowed } from "./allowed.ts";
import { paymentTokens } from "./choose-token.ts";
import type { CommandContext } from "./command-context.ts";
import type { OpenMarket } from "./open-market.ts";

/** Options of every command that takes money out of the market. */
export interface WithdrawalOptions {
  readonly token?: string;
  readonly amount?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
}

export function addWithdrawalOptions(command: Command): Command {
  return command
    .option("--token <token>", "symbol or address (default: every token that is owed)")
    .option("--amount <amount>", "such as 1.5 (default: all; of DECO unless --token names another)")
    .option("--to <address>", "receiver (default: the account)")
    .option("--dry-run", "check and show, send nothing; no password is needed");
}

/** Where money is taken from: an account's balance, or a provider's earnings. */
export interface Purse {
  balanceOf(token: Address): Promise<bigint>;
  /** Asks the node whether the market would allow it. */
  simulate(token: Address, amount: bigint, to: Address): Promise<unknown>;
  send(token: Address, amount: bigint, to: Address): Promise<{ readonly hash: Hex }>;
}

interface Withdrawal {
  readonly token: TokenInfo;
  readonly amount: bigint;
}

/**
 * Takes out what is owed, one transaction a token.
 * @param owner receives it unless --to says otherwise
 * @throws CliError `usage`, `token-unknown`, `balance-insufficient`; DecoContractError
 */
export async function takeOut(
  context: CommandContext,
  market: OpenMarket,
  purse: Purse,
  owner: Address,
  options: WithdrawalOptions,
): Promise<CommandResult> {
  const to = receiver(options.to, owner);
  const planned = await plan(context, market, purse, options);
  const done: object[] = [];
  const lines: string[] = [];
  for (const { token, amount } of planned) {
    const { address, symbol } = token;
    const what = { token: address, symbol, amount };
    if (options.dryRun) {
      await allowed(purse.simulate(address, amount, to));
      done.push(what);
      lines.push(`${formatAmount(amount, token)} would be sent to ${to}.`);
    } else {
      const { hash } = await purse.send(address, amount, to);
      done.push({ ...what, transaction: hash });
      lines.push(`${formatAmount(amount, token)} sent to ${to}.`);
    }
  }
  const status = planned.length === 0 ? "empty" : options.dryRun ? "dry-run" : "withdrawn";
  return {
    json: { status, to, withdrawals: done },
    text: planned.length === 0 ? ["The market owes nothing here."] : lines,
  };
}

async function plan(
  context: CommandContext,
  market: OpenMarket,
  purse: Purse,
  { token: named, amount: text }: WithdrawalOptions,
): Promise<Withdrawal[]> {
  const tokens = await paymentTokens(context, market, named);
  const owed = await Promise.all(
    tokens.map(async (token) => ({ token, amount: await purse.balanceOf(token.address) })),
  );
  const [first] = owed; // DECO, unless another was named.
  if (text === undefined || first === undefined) return owed.filter(({ amount }) => amount > 0n);
  const amount = parseAmount(text, first.token);
  if (amount === 0n) {
    throw new CliError("usage", "An amount of zero moves nothing.", {
      remedy: "Leave out --amount to withdraw everything.",
    });
  }
  if (amount > first.amount) {
    const missing = `The market owes ${formatAmount(first.amount, first.token)} here, less than that.`;
    throw new CliError("balance-insufficient", missing, {
      remedy: "Lower --amount, or leave it out to withdraw everything.",
    });
  }
  return [{ token: first.token, amount }];
}

function receiver(text: string | undefined, owner: Address): Address {
  if (text === undefined) return owner;
  // Mixed case carries a checksum: a mistyped address is refused.
  if (isAddress(text)) return getAddress(text);
  throw new CliError("usage", `"${text}" is no address.`, {
    where: "--to",
    remedy: "Give 0x and 40 hexadecimal digits; check each of them.",
  });
}
