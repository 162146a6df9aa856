import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { decoTokenAbi } from "@deco-network/sdk/abis/deco-token";
import { createPublicClient, http, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { tieToThisProcess } from "../../../scripts/lib/tie-children.ts";
import { type Devnet, DevnetError, startDevnet } from "../src/index.ts";

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("startDevnet", () => {
  let folder: string;
  let devnet: Devnet;
  const read = () => createPublicClient({ transport: http(devnet.rpcUrl) });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-devnet-"));
    devnet = await startDevnet({ accounts: 3, deploymentFile: join(folder, "deployment.json") });
  });
  afterAll(async () => {
    await devnet.stop();
    await rm(folder, { recursive: true });
  });

  it("serves a market that names its token, parameters and randomness", async () => {
    const { market: address, token, parameters, randomness } = devnet.addresses;
    const abi = decoMarketAbi;
    const client = read();
    expect(await client.readContract({ address, abi, functionName: "deco" })).toBe(token);
    expect(await client.readContract({ address, abi, functionName: "parameters" })).toBe(
      parameters,
    );
    expect(await client.readContract({ address, abi, functionName: "randomness" })).toBe(
      randomness,
    );
  });

  it("lists DECO as a payment token", async () => {
    const listing = await read().readContract({
      address: devnet.addresses.parameters,
      abi: decoParametersAbi,
      functionName: "tokenParameters",
      args: [devnet.addresses.token],
    });
    expect(listing.listed).toBe(true);
  });

  it("funds its accounts and others", async () => {
    const to = "0x00000000000000000000000000000000000000aa";
    await devnet.fund([{ to, eth: 5n, deco: 7n }]);
    const balanceOf = (account: `0x${string}`) =>
      read().readContract({
        address: devnet.addresses.token,
        abi: decoTokenAbi,
        functionName: "balanceOf",
        args: [account],
      });
    expect(devnet.accounts).toHaveLength(3);
    for (const { address } of devnet.accounts) {
      expect(await balanceOf(address)).toBe(parseEther("1000000"));
      expect(await read().getBalance({ address })).toBe(parseEther("10000"));
    }
    expect(await balanceOf(to)).toBe(7n);
    expect(await read().getBalance({ address: to })).toBe(5n);
  });

  it("writes the deployment", async () => {
    const written = JSON.parse(await readFile(join(folder, "deployment.json"), "utf8"));
    expect(written).toEqual(devnet.deployment);
    expect(written.startBlock).toBeGreaterThan(0);
  });

  it("has the block hash history of EIP-2935", async () => {
    const address = "0x0000F90827F1C53a10cb7A02335B175320002935";
    expect(await read().getCode({ address })).toBeDefined();
  });

  it("names the error when the port is taken", async () => {
    const port = Number(new URL(devnet.rpcUrl).port);
    await expect(startDevnet({ port })).rejects.toSatisfy(
      (error) => error instanceof DevnetError && error.code === "anvil-failed",
    );
  });

  it("does not outlive a process that is killed", async () => {
    const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
    const parent = spawn(process.execPath, [main, "--accounts", "1"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    tieToThisProcess(parent);
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const { pid } = JSON.parse(line);
    expect(runs(pid)).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => runs(pid), { timeout: 20_000 }).toBe(false);
  });

  it("ends by itself when it is told to, though its input stays open", {
    timeout: 120_000,
  }, async () => {
    const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
    const child = spawn(process.execPath, [main, "--accounts", "1", "--stop-with-parent"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    tieToThisProcess(child);
    const ended = once(child, "exit");
    await once(createInterface({ input: child.stdout }), "line");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it("ends its process, once", async () => {
    const other = await startDevnet({ accounts: 1 });
    await other.stop();
    await other.stop();
    expect(runs(other.pid)).toBe(false);
  });
});
