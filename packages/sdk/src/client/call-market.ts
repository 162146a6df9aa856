import type { Account, Address, Hex, TransactionReceipt } from "viem";
import { parseAccount } from "viem/accounts";
import { call, estimateGas, sendTransaction } from "viem/actions";
import { DecoContractError } from "../errors/contract-error.ts";
import { decodeContractError } from "../errors/decode-contract-error.ts";
import { DecoUsageError } from "../errors/usage-error.ts";
import type { WaitParameters } from "./abortable.ts";
import type { DecoClient, DecoParameters } from "./deployment.ts";
import { waitForReceipt } from "./wait-for-receipt.ts";

/** Parameters that every transaction takes. */
export interface WriteParameters extends DecoParameters, WaitParameters {
  /** Sender; default: the client's account. */
  readonly account?: Account | Address | undefined;
  /** Gas limit; default: the node's estimate and a quarter more. */
  readonly gas?: bigint | undefined;
  readonly nonce?: number | undefined;
}

/** A transaction that was mined and succeeded. */
export interface WriteResult {
  readonly hash: Hex;
  readonly receipt: TransactionReceipt;
}

/**
 * Sends a call and waits until it is mined. A call that would be refused is not sent.
 * @throws DecoContractError when a contract refuses it, before or after it was sent.
 * @throws DecoUsageError `account-missing`, `timeout`, `aborted`.
 */
export async function sendCall(
  client: DecoClient,
  parameters: WriteParameters,
  { to, data }: { readonly to: Address; readonly data: Hex },
): Promise<WriteResult> {
  const account = accountOf(client, parameters);
  const transaction = { account: account.address, to, data };
  try {
    const gas = parameters.gas ?? withMargin(await estimateGas(client, transaction));
    const hash = await sendTransaction(client, {
      ...{ account, to, data, gas, chain: client.chain ?? null },
      ...(parameters.nonce === undefined ? {} : { nonce: parameters.nonce }),
    });
    const receipt = await waitForReceipt(client, { ...parameters, hash });
    if (receipt.status === "reverted") throw await refusalOf(client, transaction, receipt);
    return { hash, receipt };
  } catch (error) {
    throw decodeContractError(error) ?? error;
  }
}

/** The account that sends. */
export function accountOf(
  client: DecoClient,
  { account = client.account }: Pick<WriteParameters, "account">,
): Account {
  if (account !== undefined) return parseAccount(account);
  throw new DecoUsageError("account-missing", "the call needs an account", {
    remedy: "Give the client an account, or pass one.",
  });
}

/** Runs a read, turning a refusal into a typed error. */
export async function readMarket<Result>(read: Promise<Result>): Promise<Result> {
  try {
    return await read;
  } catch (error) {
    throw decodeContractError(error) ?? error;
  }
}

/** A call may cost more when it is mined than when it was estimated: the last seat also fills the round. */
function withMargin(estimate: bigint): bigint {
  return (estimate * 5n) / 4n + 20_000n;
}

/** Receipts carry no reason: the call is repeated on the state that the transaction met, as far as a node can tell. */
async function refusalOf(
  client: DecoClient,
  transaction: { account: Address; to: Address; data: Hex },
  receipt: TransactionReceipt,
): Promise<DecoContractError> {
  try {
    await call(client, { ...transaction, blockNumber: receipt.blockNumber });
  } catch (error) {
    const decoded = decodeContractError(error, receipt.transactionHash);
    if (decoded !== undefined) return decoded;
  }
  return new DecoContractError("Unknown", [], { transactionHash: receipt.transactionHash });
}
