import { commitmentTypedData } from "@deco-network/sdk";
import { recoverTypedDataAddress, zeroHash } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadOperator } from "../../src/identity/load-operator.ts";
import type { OperatorTransaction } from "../../src/identity/remote-signer/signed-as-asked.ts";
import {
  type Lie,
  startWeb3SignerDouble,
  type Web3SignerDouble,
} from "../support/web3signer-double.ts";

const MARKET = "0x00000000000000000000000000000000000000aa";
const transaction: OperatorTransaction = {
  type: "eip1559",
  ...{ chainId: 31_337, to: MARKET, data: "0x1234", nonce: 7, gas: 90_000n },
  ...{ maxFeePerGas: 5n, maxPriorityFeePerGas: 2n },
};
const typed = commitmentTypedData(
  { chainId: 31_337, market: MARKET },
  { taskId: zeroHash, round: 1, commitment: zeroHash },
);

describe.each(["rest", "rpc"] as const)("a remote signer by its %s API", (api) => {
  const key = generatePrivateKey();
  const local = privateKeyToAccount(key);
  let double: Web3SignerDouble;

  beforeEach(async () => {
    double = await startWeb3SignerDouble(key);
  });
  afterEach(() => double.close());

  const connect = (address = local.address) =>
    loadOperator({ signer: { url: double.url, address, api, timeoutMillis: 2_000 } });

  it("signs transactions and typed data as the key itself does", async () => {
    const account = await connect();
    expect(account.address).toBe(local.address);
    expect(await account.signTransaction(transaction)).toBe(
      await local.signTransaction(transaction),
    );
    const signature = await account.signTypedData(typed);
    expect(signature).toBe(await local.signTypedData(typed));
    expect(await recoverTypedDataAddress({ ...typed, signature })).toBe(local.address);
    expect(double.asked).toEqual(
      api === "rest"
        ? [
            "GET /api/v1/eth1/publicKeys",
            ...["POST /api/v1/eth1/sign/0xKEY", "POST /api/v1/eth1/sign/0xKEY"],
          ]
        : ["eth_accounts", "eth_signTransaction", "eth_signTypedData"],
    );
  });

  it("is refused when it does not hold the key", async () => {
    await expect(connect(MARKET)).rejects.toMatchObject({ code: "signer-refused" });
  });

  it.each<[Lie, string]>([
    ["other-key", "signer-lied"],
    ["garbage", "signer-refused"],
    ["down", "signer-unreachable"],
  ])("is not believed: %s", async (lie, code) => {
    const account = await connect();
    double.lie = lie;
    await expect(account.signTypedData(typed)).rejects.toMatchObject({ code });
    const signed = account.signTransaction(transaction);
    await expect(signed).rejects.toMatchObject({
      code: lie === "garbage" && api === "rpc" ? "signer-lied" : code,
    });
  });

  it("cannot sign another transaction than the one asked for", async () => {
    const account = await connect();
    double.lie = "other-transaction";
    const signed = account.signTransaction({ ...transaction });
    if (api === "rpc") await expect(signed).rejects.toMatchObject({ code: "signer-lied" });
    // By REST the transaction is put together here: there is nothing else to sign.
    else expect(await signed).toBe(await local.signTransaction(transaction));
    double.lie = undefined;
    const elsewhere = account.signTransaction({ ...transaction, chainId: 1 });
    if (api === "rpc") await expect(elsewhere).rejects.toMatchObject({ code: "signer-lied" });
    else expect(await elsewhere).toBe(await local.signTransaction({ ...transaction, chainId: 1 }));
  });
});
