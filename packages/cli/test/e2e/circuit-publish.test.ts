import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { circuitIdOf } from "@deco-network/proofs";
import { zkPolicyAbi } from "@deco-network/sdk/abis/zk-policy";
import { openStorage, startGateway } from "@deco-network/storage";
import { type Address, createWalletClient, http, sha256, stringToBytes } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { readContract, writeContract } from "viem/actions";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { keyFiles } from "../../../../scripts/circuits/circuits.ts";
import { projectRoot } from "../../../../scripts/lib/project.ts";
import { deployZkPolicy, publishedKey } from "../../../../test/support/zk-policy.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { deco } from "../support/run-deco.ts";

/** Published here; another one is served by the policy already. */
const NAME = "sum-of-squares";

/** Each compiles a circuit and checks its ceremonies anew. */
describe("deco circuit publish and verify", { timeout: 400_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: TestNetwork;
  let policy: Address;
  let id: string;
  let published: { cid: string; digest: string; chain: { verifier: Address } };
  const inFolder = (name: string) => join(folder.path, name);
  const file = join(projectRoot, "circuits", "main", `${NAME}.json`);
  const publish = (path: string, ...more: string[]) =>
    deco(
      home,
      ...["circuit", "publish", path, "--policy", policy],
      ...["--password-file", inFolder("password"), "--json", ...more],
    );
  const verify = (...args: string[]) => deco(home, "circuit", "verify", ...args, "--json");
  const red = (json: { checks: { name: string; status: string }[] }) =>
    json.checks.filter(({ status }) => status !== "passed").map(({ name }) => name);
  const wallet = () =>
    createWalletClient({
      account: privateKeyToAccount(network.devnet.accounts[1]?.privateKey ?? "0x"),
      ...{ chain: foundry, transport: http(network.devnet.rpcUrl) },
    });
  const registered = async (circuit: string) =>
    await readContract(wallet(), {
      ...{ address: policy, abi: zkPolicyAbi, functionName: "getCircuit" },
      args: [circuit as `0x${string}`],
    });

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    network = await startNetwork(home, 0);
    policy = await deployZkPolicy(network.devnet, [await publishedKey("cubic")]);
    id = circuitIdOf(await publishedKey(NAME));
    await writeFile(inFolder("password"), "correct horse\n", { mode: 0o600 });
    await writeFile(inFolder("key"), network.devnet.accounts[0]?.privateKey ?? "", { mode: 0o600 });
    const from = [inFolder("key"), "--password-file", inFolder("password")];
    expect((await deco(home, "account", "import", "alice", ...from)).code).toBe(0);
  });
  afterAll(async () => {
    await network?.stop();
    await folder.remove();
  });

  it("says what it would do, and does nothing", async () => {
    const dry = await publish(file, "--dry-run");
    expect(dry).toMatchObject({
      code: 0,
      json: {
        status: "dry-run",
        circuit: id,
        chain: { steps: ["deploy", "register", "describe"] },
      },
    });
    expect((await registered(id)).verifier).toMatch(/^0x0+$/);
    const had = await verify(dry.json.cid, "--timeout", "2");
    expect(had).toMatchObject({ code: 3, json: { status: "error", code: "block-not-found" } });
    published = dry.json;
  });

  it("neither stores nor sends anything of a circuit with another key", async () => {
    const keys = inFolder("altered");
    await mkdir(keys);
    await cp(keyFiles(NAME).folder, keys, { recursive: true });
    const path = join(keys, "verification-key.json");
    const key = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...key, vk_delta_2: key.vk_gamma_2 }));
    const draft = JSON.parse(await readFile(file, "utf8"));
    const at = (name: string) => join(projectRoot, "circuits", name);
    const source = {
      ...{ folder: at("."), main: draft.source.main },
      libraries: [join(projectRoot, "node_modules")],
    };
    const forgeable = {
      ...{ ...draft, source, keys: { folder: keys } },
      ...{ powers: { file: at("keys/powers-10.ptau") } },
      transcript: { file: at("keys/transcript.json") },
    };
    await writeFile(inFolder("forgeable.json"), JSON.stringify(forgeable));
    const refused = await publish(inFolder("forgeable.json"));
    expect(refused).toMatchObject({ code: 1, json: { status: "unsound" } });
    expect(red(refused.json)).toEqual(["verification-key", "key-contributed", "circuit-id"]);
    expect(
      refused.json.checks.find(({ name }: { name: string }) => name === "key-contributed"),
    ).toMatchObject({
      detail: expect.stringContaining("gamma equals its delta"),
    });
  });

  it("publishes what it said, once", async () => {
    const real = await publish(file);
    expect(real).toMatchObject({
      code: 0,
      json: { status: "published", cid: published.cid, digest: published.digest },
    });
    published = real.json;
    const { verifier } = await registered(id);
    expect(verifier.toLowerCase()).toBe(published.chain.verifier.toLowerCase());
    const again = await publish(file);
    expect(again).toMatchObject({ code: 0, json: { cid: published.cid, chain: { steps: [] } } });
  });

  it("is verified by its verifier's address, whatever else is said of it", async () => {
    const lie = sha256(stringToBytes("nothing that could be had"));
    await writeContract(wallet(), {
      ...{ address: policy, abi: zkPolicyAbi, functionName: "describe" },
      args: [id as `0x${string}`, lie],
    });
    const { verifier } = published.chain;
    const sound = await verify(verifier, "--policy", policy, "--timeout", "2");
    expect(sound).toMatchObject({
      ...{ code: 0, stderr: "" },
      json: { status: "sound", circuit: id, cid: published.cid },
    });
    const names = sound.json.checks.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["proving-key", "verifier-code", "registration"]));
    expect(sound.json.trusted.length).toBeGreaterThan(3);
  });

  it("is not what another verifier verifies", async () => {
    const other = await registered(circuitIdOf(await publishedKey("cubic")));
    const wrong = await verify(other.verifier, "--document", published.cid);
    expect(wrong).toMatchObject({ code: 1, json: { status: "unsound" } });
    expect(red(wrong.json)).toEqual(["circuit-id", "verifier-code"]);
  });

  it("needs to know where a document is", async () => {
    expect(await verify(id)).toMatchObject({ code: 2, json: { code: "usage" } });
    const unknown = await verify(`0x${"5e".repeat(32)}`, "--policy", policy);
    expect(unknown).toMatchObject({ code: 2, json: { code: "usage" } });
  });

  it("is verified from content alone, without a chain, and altered content is red", async () => {
    const store = await openStorage({ folder: join(home, "store"), peerToPeer: false });
    try {
      const gateway = await startGateway(store);
      const elsewhere = (cid: string) =>
        deco(inFolder("elsewhere"), "circuit", "verify", cid, "--gateway", gateway.url, "--json");
      const sound = await elsewhere(published.cid);
      expect(sound).toMatchObject({ code: 0, json: { status: "sound", circuit: id } });
      expect(sound.json.trusted[0]).toContain("no contract was looked at");
      const document = JSON.parse(new TextDecoder().decode(await store.getDocument(published.cid)));
      const altered = JSON.stringify({ ...document, constraints: `0x${"5e".repeat(32)}` });
      const options = { visibility: "public" } as const;
      const { cid } = await store.addDocument(new TextEncoder().encode(altered), options);
      const refused = await elsewhere(cid);
      expect(refused).toMatchObject({ code: 1, json: { status: "unsound" } });
      expect(red(refused.json)).toContain("constraints");
      await gateway.close();
    } finally {
      await store.close();
    }
  });
});
