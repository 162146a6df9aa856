import { existsSync } from "node:fs";
import { join } from "node:path";

import { gatewaysOf, readEndpoints } from "@deco-network/requester";
import { openStorage, startGateway } from "@deco-network/storage";

import { type CommandContext, homeOf } from "./command-context.ts";
import type { OpenMarket } from "./open-market.ts";

/** Where content that is stored already can be had. */
export interface ContentSources {
  /** Base URLs. */
  readonly gateways: readonly string[];
  close(): Promise<void>;
}

/** What `deco program add` has stored. */
export function storeFolder(context: CommandContext): string {
  return join(homeOf(context), "store");
}

/**
 * The providers' gateways, and this machine's own store as one more.
 * @param market whose providers; undefined when no chain is asked
 */
export async function openContentSources(
  context: CommandContext,
  market: OpenMarket | undefined,
): Promise<ContentSources> {
  const { signal } = context;
  const gateways = market ? gatewaysOf(await readEndpoints(market, { signal })) : [];
  const folder = storeFolder(context);
  if (!existsSync(folder)) return { gateways, async close() {} };
  const store = await openStorage({ folder, peerToPeer: false });
  try {
    const served = await startGateway(store);
    return {
      gateways: [served.url, ...gateways],
      async close() {
        await served.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
