import { type Hex, type LocalAccount, type Signature, serializeSignature } from "viem";
import { toAccount } from "viem/accounts";

import type { RemoteKey } from "../../config/schema.ts";
import { ExecutorError } from "../../errors.ts";
import { connectRest } from "./rest-signer.ts";
import { connectRpc } from "./rpc-signer.ts";
import type { OperatorTransaction } from "./signed-as-asked.ts";
import type { AnyTypedData } from "./typed-data.ts";

export type SignerOptions = RemoteKey["signer"];

/** What both APIs do; what they give is checked already. */
export interface RemoteSigner {
  signTransaction(transaction: OperatorTransaction): Promise<Hex>;
  signTypedData(typedData: AnyTypedData): Promise<Signature>;
}

/**
 * The operator account of a signer elsewhere. Its key never comes here, and nothing that it signs is believed unseen: each signature is
 * recovered, each transaction compared with what was asked for.
 * @throws ExecutorError `signer-unreachable`, `signer-refused` when it does not hold the key
 */
export async function connectRemoteSigner(options: SignerOptions): Promise<LocalAccount> {
  const signer = await (options.api === "rest" ? connectRest(options) : connectRpc(options));
  return toAccount({
    address: options.address,
    async signMessage() {
      throw unsupported("messages");
    },
    async signTransaction(transaction) {
      if (transaction.type !== "eip1559") throw unsupported(`${transaction.type} transactions`);
      return await signer.signTransaction(transaction as OperatorTransaction);
    },
    async signTypedData(typedData) {
      return serializeSignature(await signer.signTypedData(typedData as AnyTypedData));
    },
  });
}

function unsupported(what: string): ExecutorError {
  return new ExecutorError("signer-refused", `The executor has no ${what} signed.`, {
    remedy: "This is a defect of the executor; report it with the log.",
  });
}
