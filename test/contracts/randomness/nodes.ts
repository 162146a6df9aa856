import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { type EIP1193RequestFn, http } from "viem";

import { tieToThisProcess } from "../../../scripts/lib/tie-children.ts";

const require = createRequire(import.meta.url);

export interface TestNode {
  /** Past blocks whose hash a contract can learn: 8,191 where EIP-2935's contract works, else 256. */
  readonly history: number;
  request(args: { method: string; params?: readonly unknown[] }): Promise<unknown>;
  mine(blocks: number): Promise<void>;
  stop(): Promise<void>;
}

/** A fresh anvil on a free loopback port. */
export async function startAnvil(options: readonly string[] = []): Promise<TestNode> {
  const child = spawn(anvilBinary(), [
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--hardfork",
    "prague",
    ...options,
  ]);
  tieToThisProcess(child);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let printed = "";
    child.once("error", reject);
    child.stdout.on("data", (chunk) => {
      printed += chunk;
      const address = /Listening on (\S+)/.exec(printed)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
  });
  const { request } = http(url, { timeout: 60_000 })({}) as {
    request: EIP1193RequestFn;
  };
  const send = request as TestNode["request"];
  return {
    history: 8_191,
    request: send,
    mine: async (blocks) =>
      void (await send({
        method: "anvil_mine",
        params: [`0x${blocks.toString(16)}`],
      })),
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}

/** Hardhat's own node, in this process. Its history contract reverts with a reason. */
export async function startHardhat(): Promise<TestNode> {
  const environment = await createHardhatRuntimeEnvironment({});
  const connection = await environment.network.create();
  const send = connection.provider.request.bind(connection.provider) as TestNode["request"];
  return {
    history: 256,
    request: send,
    mine: async (blocks) => {
      // Not `hardhat_mine`: it reserves runs of blocks whose hashes it never computes from their headers.
      for (let i = 0; i < blocks; i++) await send({ method: "evm_mine" });
    },
    stop: () => connection.close(),
  };
}

/** The native binary: the package's own launcher is a script that does not pass signals on. */
function anvilBinary(): string {
  const launcher = require.resolve("@foundry-rs/anvil/package.json");
  const platform = `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const manifest = createRequire(launcher).resolve(`${platform}/package.json`);
  const binary = fileURLToPath(new URL("./bin/anvil", `file://${manifest}`));
  return existsSync(binary) ? binary : "anvil";
}
