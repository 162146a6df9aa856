import { type Hex, isAddressEqual, isHex, serializeTransaction, size } from "viem";
import { publicKeyToAddress } from "viem/utils";

import { askSigner, refused } from "./ask-signer.ts";
import type { RemoteSigner, SignerOptions } from "./remote-signer.ts";
import { checkedSignature } from "./signed-as-asked.ts";
import { typedDataPreimage } from "./typed-data.ts";

/**
 * Web3Signer's REST API: `POST /api/v1/eth1/sign/{public key}` signs the Keccak-256 of `data`. The signer sees bytes that it cannot read;
 * the `rpc` API shows it what it signs.
 */
export async function connectRest(options: SignerOptions): Promise<RemoteSigner> {
  const { url, address, timeoutMillis } = options;
  const base = url.replace(/\/$/, "");
  const list = await askSigner(
    new URL(`${base}/api/v1/eth1/publicKeys`),
    { method: "GET" },
    timeoutMillis,
  );
  const key = publicKeysIn(list).find((each) => isAddressEqual(publicKeyToAddress(each), address));
  if (key === undefined) throw refused(`it holds no key of ${address}`);
  const endpoint = new URL(`${base}/api/v1/eth1/sign/${key}`);
  const sign = async (data: Hex) => {
    const text = await askSigner(endpoint, { method: "POST", body: { data } }, timeoutMillis);
    const signature = text.trim().replaceAll('"', "");
    if (!isHex(signature) || size(signature) !== 65) throw refused("its answer is no signature");
    return await checkedSignature(signature, data, address);
  };
  return {
    async signTransaction(transaction) {
      return serializeTransaction(transaction, await sign(serializeTransaction(transaction)));
    },
    signTypedData: (typedData) => sign(typedDataPreimage(typedData)),
  };
}

/** Uncompressed points: 64 bytes, with or without the leading 04. */
function publicKeysIn(text: string): Hex[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list)) throw refused("its list of keys is malformed");
  return list.flatMap((entry: unknown) => {
    const digits = String(entry).replace(/^0x/, "").toLowerCase();
    if (/^04[0-9a-f]{128}$/.test(digits)) return [`0x${digits}` as const];
    return /^[0-9a-f]{128}$/.test(digits) ? [`0x04${digits}` as const] : [];
  });
}
