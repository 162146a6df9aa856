import { createPublicClient, custom, type PublicClient } from "viem";
import { foundry } from "viem/chains";

/** Changes an answer of the node; what it returns is what the audit sees. */
export type Lie = (method: string, params: readonly unknown[], answer: unknown) => unknown;

/** A client of a node whose answers pass through `lie`. */
export function lyingClient(rpcUrl: string, lie: Lie): PublicClient {
  let id = 0;
  return createPublicClient({
    chain: foundry,
    transport: custom({
      async request({ method, params }: { method: string; params?: readonly unknown[] }) {
        id += 1;
        const response = await fetch(rpcUrl, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ jsonrpc: "2.0", id, method, params: params ?? [] }),
        });
        const { result, error } = (await response.json()) as { result: unknown; error?: unknown };
        if (error !== undefined) throw error;
        return lie(method, params ?? [], result);
      },
    }),
  });
}
