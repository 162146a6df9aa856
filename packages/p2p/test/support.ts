import { openStorage, type Storage } from "@deco-network/storage";
import type { Libp2p } from "@libp2p/interface";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import * as z from "zod";

import { defineProtocol, Messenger, type MessengerOptions } from "../src/index.ts";

export const DOMAIN = { chainId: 31_337, market: `0x${"d".repeat(40)}` } as const;

/** Answers what it is told, in capitals. */
export const echo = defineProtocol({
  id: "/deco/echo/1",
  ask: "call",
  answer: "echo",
  askBody: z.strictObject({ text: z.string().max(60_000) }),
  answerBody: z.strictObject({ text: z.string() }),
});

export interface TestNode {
  readonly storage: Storage;
  readonly libp2p: Libp2p;
  readonly messenger: Messenger;
  readonly endpoints: readonly string[];
  close(): Promise<void>;
}

/** A node on a loopback port, with a key of its own. */
export async function openNode(
  options: Partial<MessengerOptions> & { readonly listen?: readonly string[] } = {},
): Promise<TestNode> {
  const storage = await openStorage({ ...(options.listen && { listen: options.listen }) });
  const { libp2p } = storage;
  if (!libp2p) throw new RangeError("no peer-to-peer");
  const messenger = new Messenger({
    host: libp2p,
    signer: privateKeyToAccount(generatePrivateKey()),
    domain: DOMAIN,
    now: () => 1_000_000,
    ...options,
  });
  return {
    ...{ storage, libp2p, messenger },
    endpoints: storage.addresses(),
    async close() {
      await messenger.close();
      await storage.close();
    },
  };
}
