import {
  DecoContractError,
  DecoUsageError,
  decoActions,
  encodeBlockHeader,
  waitForReceipt,
} from "@deco-network/sdk";
import { prevrandaoRandomnessAbi } from "@deco-network/sdk/abis/prevrandao-randomness";
import { prevrandaoRandomnessBytecode } from "@deco-network/sdk/bytecode/prevrandao-randomness";
import { createWalletClient, http, numberToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MarketNetwork, requestFor, startMarketNetwork } from "./support/market-network.ts";

let network: MarketNetwork;

beforeAll(async () => {
  network = await startMarketNetwork(1);
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof DecoContractError || error instanceof DecoUsageError) return error.code;
    throw error;
  }
  return "none";
}

test("a block's randomness is proven by its header", async () => {
  const { devnet } = network;
  const account = privateKeyToAccount(devnet.deployer.privateKey);
  const transport = http(devnet.rpcUrl);
  const wallet = createWalletClient({ chain: foundry, transport, account, pollingInterval: 20 });
  const hash = await wallet.deployContract({
    abi: prevrandaoRandomnessAbi,
    bytecode: prevrandaoRandomnessBytecode,
  });
  const receipt = await waitForReceipt(network.client, { hash });
  const randomness = receipt.contractAddress ?? expect.unreachable("it was not deployed");
  const actions = decoActions({ deployment: { ...devnet.deployment, randomness } })(wallet);

  const seedBlock = Number(receipt.blockNumber);
  await network.pass(1);
  await network.pass(1);
  expect(await actions.getSeed({ seedBlock })).toEqual({ status: "unknown" });
  await actions.proveRandomness({ seedBlock });
  const seed = await actions.getSeed({ seedBlock });
  const block = await network.client.request({
    method: "eth_getBlockByNumber",
    params: [numberToHex(seedBlock + 1), false],
  });
  expect(seed).toEqual({ status: "known", seed: block?.mixHash });
  expect(await codeOf(actions.proveRandomness({ seedBlock }))).toBe("AlreadyProven");
  expect(await codeOf(actions.proveRandomness({ seedBlock: 10 ** 9 }))).toBe("header-unknown");
  // An altered header is recognised before anything is sent.
  expect(encodeBlockHeader({ ...block, stateRoot: block?.mixHash })).toBeUndefined();
});

test("only a lost seed is replaced", async () => {
  const request = await requestFor(network);
  const { taskId } = await network.requester.post({ request });
  expect(await codeOf(network.requester.reseed({ request }))).toBe("SeedNotLost");
  const task = await network.reader.getTask({ taskId });
  expect(task).toMatchObject({ status: "open", reseeded: false });
});
