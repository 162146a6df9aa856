import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Hex, keccak256 } from "viem";

import { type Random, randomFrom } from "../../differential/random.ts";

/** What a proxy can do to an answer. */
export type RpcFault =
  /** Closes the connection. */
  | "drop"
  /** Never answers. */
  | "hang"
  /** HTTP 429 with `Retry-After: 1`. */
  | "rate-limit"
  /** HTTP 503. */
  | "server-error"
  /** Half of an answer. */
  | "malformed"
  /** Answers as of the block at which the fault began. */
  | "stale-head"
  | "wrong-chain"
  /** Says that transactions failed, in blocks that never were. */
  | "lying-receipts"
  /** Says that transactions failed, in the blocks that they are in. */
  | "flipped-receipts"
  /** Changes what blocks say, and leaves their hash. */
  | "lying-blocks"
  /** Takes signed transactions and keeps them to itself. */
  | "swallow"
  /** Passes on, but only after `first`. */
  | "late";

export interface RpcRule {
  readonly fault: RpcFault;
  /** Absent: all. */
  readonly methods?: readonly string[];
  /** Share of the calls; default all. */
  readonly chance?: number;
  /** How often at most. */
  readonly times?: number;
  /** For `late`: what happens before the call is passed on. */
  readonly first?: (params: readonly unknown[]) => Promise<void>;
}

interface Rpc {
  readonly id: unknown;
  readonly method: string;
  readonly params: unknown[];
}

/** A JSON-RPC endpoint on loopback that passes everything on, but for what its rules say. */
export class RpcProxy {
  readonly url: string;
  /** Calls that came, by method. */
  readonly calls = new Map<string, number>();
  readonly #server: Server;
  readonly #upstream: string;
  readonly #random: Random;
  #rules: { readonly rule: RpcRule; left: number }[] = [];
  #frozen: string | undefined;

  private constructor(server: Server, upstream: string, seed: number) {
    this.#server = server;
    this.#upstream = upstream;
    this.#random = randomFrom(seed);
    server.on("request", (request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(upstream: string, seed: number): Promise<RpcProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new RpcProxy(server, upstream, seed);
  }

  /** Replaces the rules; without any the proxy is well. */
  async inject(...rules: readonly RpcRule[]): Promise<void> {
    this.#frozen = undefined;
    if (rules.some(({ fault }) => fault === "stale-head")) {
      const block = await this.#forward({ id: 0, method: "eth_blockNumber", params: [] });
      this.#frozen = String(block["result"]);
    }
    this.#rules = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
  }

  get total(): number {
    return [...this.calls.values()].reduce((sum, calls) => sum + calls, 0);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = JSON.parse(Buffer.concat(chunks).toString()) as Rpc;
    this.calls.set(call.method, (this.calls.get(call.method) ?? 0) + 1);
    const rule = this.#ruleFor(call);
    switch (rule?.fault) {
      case "late":
        await rule.first?.(call.params);
        return send(response, 200, JSON.stringify(await this.#forward(call)));
      case undefined:
        return send(response, 200, JSON.stringify(await this.#forward(call)));
      case "drop":
        response.destroy();
        return;
      case "hang":
        return;
      case "rate-limit":
        response.setHeader("retry-after", "1");
        return send(response, 429, "slow down");
      case "server-error":
        return send(response, 503, "no backend");
      case "malformed": {
        const whole = JSON.stringify(await this.#forward(call));
        return send(response, 200, whole.slice(0, Math.floor(whole.length / 2)));
      }
      case "stale-head":
        return send(response, 200, JSON.stringify(await this.#forward(this.#asOfThen(call))));
      case "wrong-chain": {
        const answer = await this.#forward(call);
        const result = call.method === "eth_chainId" ? "0x1" : answer["result"];
        return send(response, 200, JSON.stringify({ ...answer, result }));
      }
      case "swallow": {
        const result = keccak256(String(call.params[0]) as Hex);
        return send(response, 200, JSON.stringify({ jsonrpc: "2.0", id: call.id, result }));
      }
      case "lying-receipts":
      case "flipped-receipts":
      case "lying-blocks":
        return send(response, 200, JSON.stringify(this.#lie(call, await this.#forward(call))));
    }
  }

  #ruleFor(call: Rpc): RpcRule | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (entry.left <= 0 || (rule.methods && !rule.methods.includes(call.method))) continue;
      if (this.#random.below(1_000) >= (rule.chance ?? 1) * 1_000) continue;
      entry.left--;
      return rule;
    }
    return undefined;
  }

  /** The same question about the block at which the fault began. */
  #asOfThen(call: Rpc): Rpc {
    const block = this.#frozen ?? "latest";
    const params = call.params.map((param) =>
      param === "latest" || param === "pending" ? block : param,
    );
    return { ...call, params };
  }

  #lie(call: Rpc, answer: Record<string, unknown>): Record<string, unknown> {
    const result = answer["result"];
    if (typeof result !== "object" || result === null) return answer;
    const rule = this.#rules.find(({ rule: { fault } }) => fault.endsWith("receipts"))?.rule;
    if (call.method === "eth_getTransactionReceipt" && rule) {
      const elsewhere = rule.fault === "lying-receipts" && { blockHash: `0x${"de".repeat(32)}` };
      return { ...answer, result: { ...result, status: "0x0", ...elsewhere } };
    }
    const lies = this.#rules.some(({ rule: { fault } }) => fault === "lying-blocks");
    if (call.method.startsWith("eth_getBlockBy") && lies) {
      const { timestamp } = result as { timestamp: string };
      const later = `0x${(BigInt(timestamp) + 86_400n).toString(16)}`;
      return { ...answer, result: { ...result, timestamp: later } };
    }
    return answer;
  }

  async #forward({ id, method, params }: Rpc): Promise<Record<string, unknown>> {
    const response = await fetch(this.#upstream, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
    });
    return (await response.json()) as Record<string, unknown>;
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}
