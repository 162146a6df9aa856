import {
  type Address,
  getAddress,
  type Hex,
  isAddressEqual,
  keccak256,
  parseSignature,
  recoverAddress,
  recoverTransactionAddress,
  type Signature,
  serializeTransaction,
  type TransactionSerializableEIP1559,
} from "viem";

import { ExecutorError } from "../../errors.ts";

/** What the executor signs: nothing but the market's calls. */
export type OperatorTransaction = TransactionSerializableEIP1559 & { readonly type: "eip1559" };

/**
 * The signature if it is the key's over these bytes' hash.
 * @throws ExecutorError `signer-lied`
 */
export async function checkedSignature(
  signature: Hex,
  preimage: Hex,
  expected: Address,
): Promise<Signature> {
  const signer = await recoverAddress({ hash: keccak256(preimage), signature }).catch(
    () => undefined,
  );
  if (signer && isAddressEqual(signer, expected)) return parseSignature(signature);
  throw lied(`its signature is ${signer ?? "nobody"}'s, not ${getAddress(expected)}'s`);
}

/**
 * The signed transaction if it is the one that was asked for, by the key.
 * @throws ExecutorError `signer-lied`
 */
export async function checkedTransaction(
  raw: Hex,
  asked: OperatorTransaction,
  expected: Address,
): Promise<Hex> {
  // Only the signature may differ: the asked transaction with the answer's signature must be the answer.
  const { parseTransaction } = await import("viem");
  let signature: Signature;
  try {
    const { r, s, yParity } = parseTransaction(raw as `0x02${string}`);
    if (r === undefined || s === undefined || yParity === undefined) throw lied("it is not signed");
    signature = { r, s, yParity };
  } catch (cause) {
    if (cause instanceof ExecutorError) throw cause;
    throw lied("its answer is no EIP-1559 transaction", cause);
  }
  const same = serializeTransaction(asked, signature);
  if (same !== raw.toLowerCase()) throw lied("it signed another transaction");
  const signer = await recoverTransactionAddress({
    serializedTransaction: same as `0x02${string}`,
  });
  if (!isAddressEqual(signer, expected)) throw lied(`it signed with the key of ${signer}`);
  return same;
}

function lied(what: string, cause?: unknown): ExecutorError {
  return new ExecutorError("signer-lied", `The remote signer cannot be trusted: ${what}.`, {
    remedy: "Check key.signer: its address, the signer's chain id, and whose signer it is.",
    ...(cause !== undefined && { cause }),
  });
}
