import type { PublicClient } from "viem";

/** Replaces the chain's last blocks by empty ones; their transactions are forgotten by the node. */
export async function reorganise(client: PublicClient, depth: number): Promise<void> {
  await client.request<{ Method: "anvil_reorg"; Parameters: [number, []]; ReturnType: null }>({
    method: "anvil_reorg",
    params: [depth, []],
  });
}
