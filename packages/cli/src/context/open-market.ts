import type { Market } from "@deco-network/requester";
import { type Account, createClient, defineChain, http } from "viem";
import { getChainId, getCode } from "viem/actions";

import { CliError } from "../errors.ts";
import type { CommandContext } from "./command-context.ts";
import { loadDeployment, type Reachable } from "./deployment.ts";

/** Local chains mine several blocks a second. */
const LOCAL_CHAIN = 31_337;
const LOCAL_POLL_MILLIS = 200;
const POLL_MILLIS = 4_000;

/** A market that answers. */
export type OpenMarket = Market & Reachable;

/**
 * Connects to the market's chain, and makes sure that it is the right one.
 * @param account Signs what is sent; absent for commands that only read.
 * @throws CliError `deployment-missing`, `deployment-invalid`, `chain-mismatch`; viem's errors when
 * no node answers
 */
export async function openMarket(context: CommandContext, account?: Account): Promise<OpenMarket> {
  const { rpcUrl, deployment } = await loadDeployment(context);
  const { chainId, market } = deployment;
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const client = createClient({
    chain,
    transport: http(rpcUrl),
    pollingInterval: chainId === LOCAL_CHAIN ? LOCAL_POLL_MILLIS : POLL_MILLIS,
    ...(account && { account }),
  });
  const actual = await getChainId(client);
  if (actual !== chainId) {
    throw new CliError("chain-mismatch", `The node serves chain ${actual}, not ${chainId}.`, {
      where: rpcUrl,
      remedy: "Give the node of the deployment's chain with --rpc, or another --deployment.",
    });
  }
  const code = await getCode(client, { address: market });
  if (code === undefined || code === "0x") {
    throw new CliError("chain-mismatch", `There is no market at ${market}.`, {
      where: rpcUrl,
      remedy: "The chain may have been started anew: use its new deployment file.",
    });
  }
  return { client, rpcUrl, deployment };
}
