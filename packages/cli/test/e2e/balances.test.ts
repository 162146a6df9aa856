import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { approve, deposit } from "@deco-network/sdk/actions";
import { createWalletClient, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { deco } from "../support/run-deco.ts";

const OTHER = "0x00000000000000000000000000000000000000AA";
const DEPOSIT = parseEther("5");

describe("deco account balance and withdraw", { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: TestNetwork;
  let alice: string;
  let password: readonly string[];

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = join(folder.path, "home");
    network = await startNetwork(home, 0);
    const [account] = network.devnet.accounts;
    if (account === undefined) throw new TypeError("no account");
    alice = account.address;
    await depositDeco(account.privateKey);
    const key = join(folder.path, "key");
    await writeFile(key, account.privateKey, { mode: 0o600 });
    const file = join(folder.path, "password");
    await writeFile(file, "correct horse\n", { mode: 0o600 });
    password = ["--password-file", file];
    expect(await deco(home, "account", "import", "alice", key, ...password)).toMatchObject({
      code: 0,
    });
  });
  afterAll(async () => {
    await network.stop();
    await folder.remove();
  });

  async function depositDeco(privateKey: `0x${string}`): Promise<void> {
    const { deployment, rpcUrl } = network.devnet;
    const client = createWalletClient({
      account: privateKeyToAccount(privateKey),
      chain: foundry,
      transport: http(rpcUrl),
      pollingInterval: 50,
    });
    const terms = { deployment, token: deployment.token, amount: DEPOSIT };
    await approve(client, terms);
    await deposit(client, terms);
  }

  async function inMarket(): Promise<string> {
    const { json } = await deco(home, "account", "balance", "--token", "DECO", "--json");
    return json.balances[0].market;
  }

  it("shows what lies in the market, without a password", async () => {
    const { code, json } = await deco(home, "account", "balance", "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "ok", account: alice });
    expect(json.balances[0]).toEqual({
      ...{ token: expect.stringMatching(/^0x/), symbol: "DECO", decimals: 18 },
      ...{ market: `${DEPOSIT}`, account: `${parseEther("1000000") - DEPOSIT}` },
    });
    const text = await deco(home, "account", "balance");
    expect(text.stdout).toContain("5 DECO");
    expect(text.stdout).toContain("deco account withdraw");
  });

  it("shows somebody else's", async () => {
    const { json } = await deco(home, "account", "balance", OTHER, "--json");
    expect(json).toMatchObject({ account: OTHER, balances: [{ market: "0", account: "0" }] });
  });

  it("rehearses without a password, and sends nothing", async () => {
    const rehearsal = await deco(home, "account", "withdraw", "--dry-run", "--json");
    expect(rehearsal).toMatchObject({ code: 0, json: { status: "dry-run", to: alice } });
    expect(rehearsal.json.withdrawals).toMatchObject([{ symbol: "DECO", amount: `${DEPOSIT}` }]);
    expect(rehearsal.json.withdrawals[0]).not.toHaveProperty("transaction");
    expect(await inMarket()).toBe(`${DEPOSIT}`);
  });

  it("takes out a part, to somebody else", async () => {
    const args = ["--amount", "1.5", "--to", OTHER, ...password, "--json"];
    const { code, json } = await deco(home, "account", "withdraw", ...args);
    expect(code).toBe(0);
    expect(json).toMatchObject({
      ...{ status: "withdrawn", to: OTHER },
      withdrawals: [
        {
          ...{ symbol: "DECO", amount: `${parseEther("1.5")}` },
          transaction: expect.stringMatching(/^0x/),
        },
      ],
    });
    expect(await inMarket()).toBe(`${parseEther("3.5")}`);
    const other = await deco(home, "account", "balance", OTHER, "--json");
    expect(other.json.balances[0].account).toBe(`${parseEther("1.5")}`);
  });

  it.each([
    [["--amount", "3.6"], 1, "balance-insufficient"],
    [["--amount", "0"], 2, "usage"],
    [["--amount", "some"], 2, "amount-invalid"],
    [["--token", "GOLD"], 2, "token-unknown"],
    [["--token", OTHER], 2, "token-unknown"],
    [["--to", "0x12"], 2, "usage"],
    [["--to", "0x0000000000000000000000000000000000000000"], 3, "InvalidReceiver"],
  ])("refuses %j", async (args, code, name) => {
    const refused = await deco(home, "account", "withdraw", ...args, "--dry-run", "--json");
    expect(refused).toMatchObject({ code, json: { status: "error", code: name } });
  });

  it("takes out the rest, and then there is nothing", async () => {
    const rest = await deco(home, "account", "withdraw", ...password, "--json");
    expect(rest.json.withdrawals).toMatchObject([{ amount: `${parseEther("3.5")}` }]);
    expect(await inMarket()).toBe("0");
    const again = await deco(home, "account", "withdraw", ...password, "--json");
    expect(again).toMatchObject({ code: 0, json: { status: "empty", withdrawals: [] } });
  });

  it("is completed by the shell, and has examples", async () => {
    const { stdout } = await deco(home, "completion", "bash");
    expect(stdout).toMatch(/"account withdraw"\) words="[^"]*--dry-run/);
    expect(stdout).toMatch(/"account"\) words="[^"]*balance withdraw/);
    const help = await deco(home, "account", "withdraw", "--help");
    expect(help.stdout).toContain("deco account withdraw --dry-run");
  });
});
