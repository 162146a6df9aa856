import { encodeBlockHeader } from "@deco-network/sdk";
import type { ChainFacts } from "@deco-network/sdk/chains";
import { type Hex, numberToHex, type PublicClient, zeroHash } from "viem";

import { ToolError } from "../lib/tool-error.ts";
import type { DeploySettings } from "./settings.ts";

const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";
/** Blocks whose randomness is looked at. */
const SAMPLE = 4;

/**
 * Compares the chain at the other end with what is written about it, as far as the deployment rests on it.
 *
 * @throws ToolError CHAIN_DIFFERS, PREVRANDAO_MISSING, PROPOSER_WITHOUT_CODE
 */
export async function probeChain(
  client: PublicClient,
  chain: ChainFacts,
  settings: DeploySettings,
): Promise<void> {
  const id = await client.getChainId();
  if (id !== chain.id) throw differs(`the node is of chain ${id}, not ${chain.id}`);
  const history = (await client.getCode({ address: HISTORY })) !== undefined;
  if (chain.blockHistory === "yes" && !history) {
    throw differs("there is no history contract of EIP-2935");
  }
  if (settings.randomness.kind === "prevrandao") await requirePrevrandao(client);
  if (settings.randomness.kind === "other") {
    await requireCode(client, settings.randomness.address, "randomness.address");
  }
}

/**
 * A production chain's proposers are contracts: no single key changes parameters there.
 *
 * @throws ToolError PROPOSER_WITHOUT_CODE
 */
export async function requireMultisigs(
  client: PublicClient,
  { proposers }: DeploySettings,
): Promise<void> {
  for (const proposer of proposers) {
    const code = await client.getCode({ address: proposer });
    if (code !== undefined) continue;
    throw new ToolError({
      code: "PROPOSER_WITHOUT_CODE",
      message: `The proposer ${proposer} is an account of one key, or does not exist yet.`,
      remedy: "Name a multisig that is deployed on this chain.",
    });
  }
}

/** Recent blocks must carry different mixes in headers that a contract can check. */
async function requirePrevrandao(client: PublicClient): Promise<void> {
  const latest = Number(await client.getBlockNumber());
  const mixes: Hex[] = [];
  for (let number = latest; number > Math.max(0, latest - SAMPLE); number--) {
    const block = await client.request({
      method: "eth_getBlockByNumber",
      params: [numberToHex(number), false],
    });
    if (block === null) continue;
    if (encodeBlockHeader({ ...block }) === undefined) {
      throw differs(`the header of block ${number} has fields that cannot be proven`);
    }
    mixes.push(block.mixHash);
  }
  const distinct = new Set(mixes).size === mixes.length && !mixes.includes(zeroHash);
  if (distinct && mixes.length > 0) return;
  throw new ToolError({
    code: "PREVRANDAO_MISSING",
    message: "Recent blocks carry no randomness, or the same.",
    remedy: 'Set randomness.kind to "none" or "other"; see docs/CHAINS.md.',
  });
}

async function requireCode(client: PublicClient, address: Hex, member: string): Promise<void> {
  if ((await client.getCode({ address })) !== undefined) return;
  throw differs(`${member} holds no contract`);
}

function differs(what: string): ToolError {
  return new ToolError({
    code: "CHAIN_DIFFERS",
    message: `The chain is not what packages/sdk/src/chains says: ${what}.`,
    remedy: "Check --network and --rpc; if the chain has changed, correct its facts and sources.",
  });
}
