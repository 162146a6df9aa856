import { type Hex, isAddressEqual, isHex, numberToHex, size } from "viem";
import * as z from "zod";

import { askSigner, refused } from "./ask-signer.ts";
import type { RemoteSigner, SignerOptions } from "./remote-signer.ts";
import { checkedSignature, checkedTransaction } from "./signed-as-asked.ts";
import { typedDataJson, typedDataPreimage } from "./typed-data.ts";

const answer = z.object({
  result: z.unknown(),
  error: z.object({ message: z.string() }).optional(),
});

/** JSON-RPC: `eth_accounts`, `eth_signTransaction`, `eth_signTypedData`, as Web3Signer and others serve them. */
export async function connectRpc(options: SignerOptions): Promise<RemoteSigner> {
  const { url, address, timeoutMillis } = options;
  let id = 0;
  const call = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const body = { jsonrpc: "2.0", id: ++id, method, params };
    const text = await askSigner(new URL(url), { method: "POST", body }, timeoutMillis);
    const parsed = answer.safeParse(parseJson(text));
    if (!parsed.success) throw refused(`its answer to ${method} is malformed`);
    if (parsed.data.error) throw refused(`${method}: ${parsed.data.error.message.slice(0, 200)}`);
    return parsed.data.result;
  };
  const accounts = z.array(z.string()).safeParse(await call("eth_accounts", [])).data ?? [];
  const held = accounts.some(
    (each) => isHex(each) && size(each) === 20 && isAddressEqual(each, address),
  );
  if (!held) throw refused(`it holds no key of ${address}`);
  return {
    async signTransaction(transaction) {
      const { nonce = 0, gas = 0n, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = transaction;
      const result = await call("eth_signTransaction", [
        {
          from: address,
          to: transaction.to,
          data: transaction.data ?? "0x",
          value: numberToHex(transaction.value ?? 0n),
          nonce: numberToHex(nonce),
          gas: numberToHex(gas),
          maxFeePerGas: numberToHex(maxFeePerGas),
          maxPriorityFeePerGas: numberToHex(maxPriorityFeePerGas),
          chainId: numberToHex(transaction.chainId),
        },
      ]);
      return await checkedTransaction(rawIn(result), transaction, address);
    },
    async signTypedData(typedData) {
      const result = await call("eth_signTypedData", [address, typedDataJson(typedData)]);
      if (!isHex(result) || size(result) !== 65) throw refused("its answer is no signature");
      return await checkedSignature(result, typedDataPreimage(typedData), address);
    },
  };
}

/** Web3Signer answers with the bytes; go-ethereum and others with `{ raw, tx }`. */
function rawIn(result: unknown): Hex {
  const raw = z.union([z.string(), z.object({ raw: z.string() })]).safeParse(result).data;
  const text = typeof raw === "string" ? raw : raw?.raw;
  if (isHex(text)) return text;
  throw refused("its answer is no transaction");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
