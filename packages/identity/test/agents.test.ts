import { type Devnet, startDevnet } from "@deco-network/devnet";
import {
  type Address,
  createWalletClient,
  type Hex,
  http,
  parseAbi,
  publicActions,
  zeroAddress,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { checkAgent, nameProviderByAgent, parseAgent } from "../src/index.ts";
import { compileAgentRegistry } from "./support/compile.ts";

const abi = parseAbi([
  "function register() returns (uint256 agentId)",
  "function transferFrom(address from, address to, uint256 agentId)",
]);

function walletOf(devnet: Devnet, index: number) {
  const key = devnet.accounts[index]?.privateKey as Hex;
  const account = privateKeyToAccount(key);
  const transport = http(devnet.rpcUrl);
  const options = { account, chain: foundry, transport, pollingInterval: 50 };
  return createWalletClient(options).extend(publicActions);
}

describe("an agent of ERC-8004", () => {
  let devnet: Devnet;
  let owner: ReturnType<typeof walletOf>;
  let stranger: ReturnType<typeof walletOf>;
  let registry: Address;

  beforeAll(async () => {
    devnet = await startDevnet({ accounts: 2 });
    [owner, stranger] = [walletOf(devnet, 0), walletOf(devnet, 1)];
    const hash = await owner.sendTransaction({ data: compileAgentRegistry() });
    const receipt = await owner.waitForTransactionReceipt({ hash });
    registry = receipt.contractAddress as Address;
    for (let agent = 0; agent < 2; agent++) {
      const to = { address: registry, abi } as const;
      const registered = await owner.writeContract({ ...to, functionName: "register" });
      await owner.waitForTransactionReceipt({ hash: registered });
    }
  });
  afterAll(async () => {
    await devnet.stop();
  });

  const nameOf = (id: number) => `eip155:31337:${registry}:${id}`;
  const providerWith = (...agents: string[]) => ({
    ...{ chainId: foundry.id, market: devnet.deployment.market, provider: 7, dids: [], agents },
    accounts: [owner.account.address],
  });

  it("is linked when it and the provider name each other, until it is sold", async () => {
    const agent = nameOf(0);
    const provider = providerWith(agent);
    const no = (fault: string) => ({ agent, holds: false, fault });
    expect(await checkAgent(owner, agent, provider)).toEqual(no("provider-unnamed"));
    await nameProviderByAgent(owner, parseAgent(agent), provider);
    expect(await checkAgent(owner, agent, provider)).toEqual({ agent, holds: true });
    expect(await checkAgent(owner, agent, providerWith())).toEqual(no("agent-unnamed"));
    const eighth = { ...provider, provider: 8 };
    expect(await checkAgent(owner, agent, eighth)).toEqual(no("provider-unnamed"));

    const hash = await owner.writeContract({
      ...{ address: registry, abi, functionName: "transferFrom" },
      args: [owner.account.address, stranger.account.address, 0n],
    });
    await owner.waitForTransactionReceipt({ hash });
    // What it said before is still there.
    expect(await checkAgent(owner, agent, provider)).toEqual(no("agent-foreign"));
  });

  it("is not linked where there is none, or on another chain", async () => {
    const faultOf = async (agent: string) =>
      (await checkAgent(owner, agent, providerWith(agent))).fault;
    expect(await faultOf(nameOf(99))).toBe("agent-unknown");
    expect(await faultOf(`eip155:31337:${zeroAddress}:0`)).toBe("agent-unknown");
    expect(await faultOf(`eip155:1:${registry}:0`)).toBe("agent-elsewhere");
    expect(await faultOf("agent 7")).toBe("agent-elsewhere");
  });

  it("is spoken for by its owner only", async () => {
    const place = providerWith();
    const agent = parseAgent(nameOf(1));
    const refused = { name: "IdentityError", code: "agent-refused" };
    await expect(nameProviderByAgent(stranger, agent, place)).rejects.toMatchObject(refused);
    const elsewhere = { ...agent, chainId: 1 };
    await expect(nameProviderByAgent(owner, elsewhere, place)).rejects.toMatchObject({
      code: "agent-elsewhere",
    });
    expect(() => parseAgent(`eip155:31337:${registry}`)).toThrow(
      expect.objectContaining({ code: "agent-malformed" }),
    );
  });
});
