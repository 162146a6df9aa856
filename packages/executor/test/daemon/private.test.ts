import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { makeKeyPair, sealInput } from "@deco-network/privacy";
import {
  abstainCodeOf,
  encodeDocument,
  providerSchema,
  type Request,
  sealedInputSchema,
} from "@deco-network/sdk";
import { describe as describeProvider } from "@deco-network/sdk/actions";
import { openStorage } from "@deco-network/storage";
import { createWalletClient, type Hash, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { readControlFile } from "../../src/http/control-file.ts";
import { type Executor, startExecutor } from "../../src/index.ts";
import { configOf, startNetwork, type TestNetwork } from "../support/network.ts";

describe("an executor that meets a private task", { timeout: 120_000 }, () => {
  let network: TestNetwork;
  let executor: Executor | undefined;
  let recipient: string;

  beforeAll(async () => {
    network = await startNetwork(1);
    const made = await makeKeyPair("post-quantum");
    recipient = made.recipient;
    const folder = join(network.folder, "provider-1");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, "age-identity"), made.identity, { mode: 0o600 });
  });
  afterEach(async () => {
    await executor?.stop();
    executor = undefined;
  });
  afterAll(() => network.close());

  /** Names a description on the chain that the executor can have from the requester's node. */
  async function describeWith(named: string): Promise<void> {
    const { devnet, storage } = network;
    const bytes = encodeDocument(providerSchema, {
      ...{ deco: "provider/1", name: "one", cpu: { cores: 1 }, retentionDays: 1 },
      ...{ memoryBytes: 2 ** 32, diskBytes: 2 ** 32, accelerators: [], recipient: named },
      engines: [{ name: "wasm" }],
    });
    const folder = join(network.folder, "provider-1", "storage");
    const own = await openStorage({ folder, peerToPeer: false });
    const { digest: metadata } = await own.addDocument(bytes, { visibility: "public" });
    await own.close();
    await storage.addDocument(bytes, { visibility: "public" });
    const account = privateKeyToAccount(devnet.accounts[1]?.privateKey ?? "0x");
    const client = createWalletClient({ account, chain: foundry, transport: http(devnet.rpcUrl) });
    const { deployment } = devnet;
    await describeProvider(client, { deployment, provider: 1, metadata, endpoint: "" });
  }

  async function start(policy: { private?: boolean } = {}): Promise<void> {
    executor = await startExecutor(configOf(network.providers[0], { policy }));
    await network.dial(executor.endpoint);
  }

  async function postPrivate(terms: Partial<Request> = {}): Promise<Hash> {
    const { storage } = network;
    const visibility = "public" as const;
    const sealing = await sealInput({ kind: "x25519" });
    const stored = await storage.addFile(sealing.ciphertext, { visibility });
    const document = encodeDocument(sealedInputSchema, sealing.describe(stored));
    const { digest: input } = await storage.addDocument(document, { visibility });
    return await network.post({ terms: { input, ...terms } });
  }

  /** Waits until the executor gives this reason, as `deco provider why` asks for it. */
  async function told(task: Hash, reason: string): Promise<void> {
    await network.until(async () => {
      const control = await readControlFile(join(network.folder, "provider-1"));
      if (!control) return false;
      const headers = { authorization: `Bearer ${control.token}` };
      const answer = await fetch(new URL(`v1/why/${task}`, control.url), { headers });
      return (await answer.text()).includes(`"${reason}"`);
    }, 60);
  }

  it("takes no seat where its recipient is not described, or is another's", async () => {
    await describeWith((await makeKeyPair("x25519")).recipient);
    await start();
    await told(await postPrivate(), "recipient-undescribed");
  });

  it("takes no seat where the operator wants none", async () => {
    await describeWith(recipient);
    await start({ private: false });
    await told(await postPrivate(), "private-refused");
  });

  it("takes no seat where others than the seated would have to read", async () => {
    await describeWith(recipient);
    await start();
    const panelled = {
      challengeWindow: 0,
      callback: `0x${"c".repeat(40)}` as const,
      callbackGas: 1_000,
    };
    await told(await postPrivate(panelled), "private-terms");
  });

  it("abstains without a fault when the key does not come, and loses the decline fee alone", async () => {
    await describeWith(recipient);
    await start();
    const task = await postPrivate();
    const abstained = await network.until(async () =>
      (await network.events(task)).find(({ eventName }) => eventName === "SeatAbstained"),
    );
    expect(abstained.args).toMatchObject({
      provider: 1,
      reason: abstainCodeOf("input-unavailable"),
    });
    await told(task, "private-key-missing");
  });
});
