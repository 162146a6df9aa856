import { AllocatorClient, type TaskRecord } from "@deco-network/requester";
import type { Request } from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import type { PrivateKeyAccount } from "viem";

import { CliError } from "../errors.ts";
import { handOverText } from "../output/stage-text.ts";
import type { CommandContext } from "./command-context.ts";
import type { OpenMarket } from "./open-market.ts";

/** What `--allocator` names: the multiaddrs of one node, comma-separated. */
export function allocatorEndpoints(text: string): string[] {
  const endpoints = text.split(",").map((address) => address.trim());
  if (endpoints.every((address) => /^\/.+\/p2p\/[A-Za-z0-9]+$/.test(address))) return endpoints;
  throw new CliError("usage", "An allocator is named by its endpoint.", {
    where: text,
    remedy: "Give what `deco allocator start` prints: /ip4/…/tcp/…/p2p/….",
  });
}

/** Fields of a request that leave its seats to the allocator at these endpoints. */
export async function allocatorTerms(
  context: CommandContext,
  market: OpenMarket,
  account: PrivateKeyAccount,
  endpoints: readonly string[],
): Promise<Pick<Request, "allocator" | "allocatorWindow">> {
  const storage = await openStorage();
  const client = new AllocatorClient(market, storage, account);
  try {
    const { address, windowSeconds } = await client.introduce(endpoints, context.signal);
    return { allocator: address, allocatorWindow: windowSeconds };
  } finally {
    await client.close();
    await storage.close();
  }
}

/**
 * Hands a recorded request over and waits until its task is open, telling what the allocator says.
 * @throws RequesterError `allocator-refused`, `allocator-silent`, `aborted`
 */
export async function handOverRecorded(
  { signal, output }: CommandContext,
  market: OpenMarket,
  storage: Storage,
  { taskId, request, handedTo }: Pick<TaskRecord, "taskId" | "request" | "handedTo">,
  account: PrivateKeyAccount,
): Promise<void> {
  if (handedTo === undefined) return;
  const client = new AllocatorClient(market, storage, account);
  try {
    await client.handOver(
      { taskId, request, ...handedTo },
      {
        signal,
        onStatus: (status) => output.say(handOverText(status)),
        onSilence: () => output.say("the allocator does not answer; asking again"),
      },
    );
  } finally {
    await client.close();
  }
}
