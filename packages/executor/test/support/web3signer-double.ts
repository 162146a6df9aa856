import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { concat, type Hex, hexToBigInt, hexToNumber, keccak256, slice } from "viem";
import { privateKeyToAccount, sign } from "viem/accounts";

/** How it may misbehave. */
export type Lie = "other-key" | "other-transaction" | "garbage" | "down" | undefined;

export interface Web3SignerDouble {
  readonly url: string;
  /** Requests, oldest first: method and path, or the JSON-RPC method. */
  readonly asked: readonly string[];
  lie: Lie;
  close(): Promise<void>;
}

const OTHER_KEY = `0x${"77".repeat(32)}` as const;

/**
 * Answers as Web3Signer's published API says (docs/decisions/0222), with a real key: `GET /api/v1/eth1/publicKeys`, `POST
 * /api/v1/eth1/sign/{identifier}` of the Keccak-256 of `data` as text, JSON-RPC at `/` with errors in its form.
 */
export async function startWeb3SignerDouble(key: Hex): Promise<Web3SignerDouble> {
  const asked: string[] = [];
  const double = { lie: undefined as Lie };
  const account = () => privateKeyToAccount(double.lie === "other-key" ? OTHER_KEY : key);
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", async () => {
      if (double.lie === "down") return request.destroy();
      const path = request.url ?? "";
      if (path === "/") {
        const { id, method, params } = JSON.parse(text);
        asked.push(method);
        const answer = double.lie === "garbage" ? { result: "0x12" } : await rpc(method, params);
        return response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
      }
      asked.push(`${request.method} ${path.replace(/[0-9a-f]{100,}/, "KEY")}`);
      const own = slice(privateKeyToAccount(key).publicKey, 1);
      if (path === "/api/v1/eth1/publicKeys") return response.end(JSON.stringify([own]));
      const identifier = path.replace("/api/v1/eth1/sign/", "").replace(/^0x(04)?/, "");
      if (identifier !== own.slice(2)) return response.writeHead(404).end();
      const { data } = JSON.parse(text);
      if (double.lie === "garbage") return response.end("0x1234");
      const privateKey = double.lie === "other-key" ? OTHER_KEY : key;
      const { r, s, v } = await sign({ hash: keccak256(data), privateKey });
      response.setHeader("content-type", "text/plain; charset=utf-8");
      response.end(concat([r, s, v === 27n ? "0x1b" : "0x1c"]));
    });
  });

  async function rpc(method: string, params: readonly unknown[]) {
    const fault = (code: number, message: string) => ({ error: { code, message } });
    if (method === "eth_accounts")
      return { result: [privateKeyToAccount(key).address.toLowerCase()] };
    if (method === "eth_signTransaction") {
      const asked = params[0] as Record<string, Hex>;
      const { from, to, data, value, nonce, gas, maxFeePerGas, maxPriorityFeePerGas } = asked;
      if (!from || !nonce) return fault(-32602, "Invalid params");
      return {
        result: await account().signTransaction({
          // The signer's own configuration decides about the chain.
          ...{ type: "eip1559", chainId: 31_337, to: to ?? null, data: data ?? "0x" },
          value: hexToBigInt(value ?? "0x0") + (double.lie === "other-transaction" ? 1n : 0n),
          nonce: hexToNumber(nonce),
          gas: hexToBigInt(gas ?? "0x0"),
          maxFeePerGas: hexToBigInt(maxFeePerGas ?? "0x0"),
          maxPriorityFeePerGas: hexToBigInt(maxPriorityFeePerGas ?? "0x0"),
        }),
      };
    }
    if (method === "eth_signTypedData") {
      const [, json] = params as [string, string];
      return { result: await account().signTypedData(JSON.parse(json)) };
    }
    return fault(-32601, "Method not found");
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    get lie() {
      return double.lie;
    },
    set lie(lie) {
      double.lie = lie;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
