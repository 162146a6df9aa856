import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { devnetAccount } from "@deco-network/devnet";
import { keyDid } from "@deco-network/identity";
import { EthereumDIDRegistry } from "ethr-did-registry";
import { type Address, createWalletClient, type Hex, http, parseAbi, publicActions } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compileAgentRegistry } from "../../../identity/test/support/compile.ts";
import { temporaryFolder } from "../support/folder.ts";
import { deco, type Running, startDeco } from "../support/run-deco.ts";

const bytecode = EthereumDIDRegistry.bytecode as Hex;

describe("deco provider identity", { timeout: 240_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let devnet: Running;
  let registry: Address;
  let owner: Address;
  let agent: string;
  /** Another account than the owner's, which is the second. */
  const stranger = privateKeyToAccount(devnetAccount(0).privateKey);
  const identity = (...args: string[]) => deco(home, "provider", "identity", ...args, "--json");

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = join(folder.path, "home");
    devnet = startDeco(home, ["devnet", "--accounts", "2", "--json"]);
    await devnet.saying('"status":"ready"');
    const { rpcUrl } = JSON.parse(await readFile(join(home, "deployment.json"), "utf8"));
    const walletOf = (account: typeof stranger) =>
      createWalletClient({
        ...{ account, chain: foundry, transport: http(rpcUrl), pollingInterval: 50 },
      }).extend(publicActions);
    const deploy = async (data: Hex) => {
      const hash = await walletOf(stranger).sendTransaction({ data });
      const receipt = await walletOf(stranger).waitForTransactionReceipt({ hash });
      return receipt.contractAddress as Address;
    };
    registry = await deploy(bytecode);
    const agents = await deploy(compileAgentRegistry());
    // Agent 0 is the owner's.
    const hash = await walletOf(privateKeyToAccount(devnetAccount(1).privateKey)).writeContract({
      ...{ address: agents, abi: parseAbi(["function register()"]), functionName: "register" },
    });
    await walletOf(stranger).waitForTransactionReceipt({ hash });
    agent = `eip155:31337:${agents}:0`;
    await writeFile(join(folder.path, "stranger"), devnetAccount(0).privateKey, { mode: 0o600 });
    owner = (await deco(home, "account", "list", "--json")).json.accounts[0].address;
    await deco(home, "provider", "init", "--name", "helios");
    const registered = await deco(home, "provider", "register", "--stake", "5000", "--json");
    expect(registered).toMatchObject({ code: 0, json: { provider: 1 } });
  }, 120_000);
  afterAll(async () => {
    devnet.child.kill("SIGINT");
    await devnet.finished;
    await folder.remove();
  });

  it("refuses a chain without a known registry, and whoever does not own the provider", async () => {
    const unknown = await identity("link", "ethr");
    expect(unknown).toMatchObject({ code: 2, json: { code: "registry-unknown" } });
    const account = ["--account", join(folder.path, "stranger")];
    const foreign = await identity("link", "ethr", "--registry", registry, ...account);
    expect(foreign).toMatchObject({ code: 2, json: { code: "not-owner" } });
    const nothing = await identity("link", "ethr", "--registry", stranger.address);
    expect(nothing).toMatchObject({ code: 2, json: { code: "registry-missing" } });
    const malformed = await identity("link", "key", "--agent", "agent 7");
    expect(malformed).toMatchObject({ code: 2, json: { code: "agent-malformed" } });
    const nowhere = await identity("link", "key", "--agent", `eip155:31337:${registry}:7`);
    expect(nowhere).toMatchObject({ code: 2, json: { code: "agent-refused" } });
    const document = await readFile(join(home, "provider", "provider.json"), "utf8");
    expect(JSON.parse(document).dids).toBeUndefined();
    const unserved = await identity("show", "1");
    expect(unserved.json).toMatchObject({ code: "description-missing" });
    expect(await identity("show", "one")).toMatchObject({ code: 2, json: { code: "usage" } });
  });

  it("links a did:ethr, a did:key and an agent, which standard resolvers then find to hold", async () => {
    const linked = await identity("link", "ethr", "--registry", registry);
    const did = `did:ethr:0x7a69:${owner}`;
    expect(linked).toMatchObject({ code: 0, json: { status: "linked", provider: 1, did } });
    const key = await identity("link", "key", "--agent", agent);
    expect(key).toMatchObject({ code: 0, json: { status: "linked" } });

    const executor = startDeco(home, ["provider", "start", "--json"]);
    try {
      await executor.saying('"status":"ready"');
      const shown = await whenServed("--registry", registry, "--agents");
      expect(shown).toMatchObject({
        code: 0,
        json: {
          ...{ status: "linked", provider: 1, name: "helios" },
          links: [
            { did, holds: true, by: `${did}#service-1` },
            { did: key.json.did, holds: true },
          ],
          agents: [{ agent, holds: true }],
        },
      });
      // Without the registry, what it says cannot be had; and a DID of somebody else's is claimed by nobody here.
      const without = await identity("show", "1");
      expect(without).toMatchObject({ code: 1, json: { status: "not-linked" } });
      expect(without.json.links[0]).toMatchObject({ did, holds: false, fault: "did-unresolved" });
      const other = keyDid(stranger.publicKey);
      const unclaimed = await identity("show", "1", "--did", other);
      expect(unclaimed).toMatchObject({
        ...{ code: 1, json: { links: [{ did: other, holds: false, fault: "did-unnamed" }] } },
      });
    } finally {
      executor.child.kill("SIGINT");
      await executor.finished;
    }
  });

  /** The executor announces its gateway on the chain first. */
  async function whenServed(...args: string[]) {
    for (let tries = 0; ; tries++) {
      const shown = await identity("show", "1", ...args);
      if (shown.json.code !== "description-missing" || tries === 30) return shown;
    }
  }
});
