import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { tieToThisProcess } from "../../../../scripts/lib/tie-children.ts";
import { executorNodeOptions } from "../../src/node-options.ts";
import type { TestNetwork, TestProvider } from "./network.ts";

const DAEMON = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface ExecutorProcess {
  readonly endpoint: string;
  readonly pid: number;
  /** Resolves with the signal or code that ended it. */
  readonly ended: Promise<string>;
  /** Lets it stop in its own way. */
  stop(): Promise<string>;
  kill(): Promise<string>;
}

export interface SpawnOptions {
  /** Default the shipped daemon. */
  readonly script?: string | undefined;
  /** A command that becomes the process that follows it, such as `nice`. */
  readonly through?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Receives each line of its log. */
  readonly onLog?: (line: string) => void;
}

/** Starts a provider's process by a script that takes its configuration as the shipped daemon does. */
export async function spawnDaemon(
  network: TestNetwork,
  provider: TestProvider,
  options: SpawnOptions = {},
): Promise<ExecutorProcess> {
  const config = await writeConfig(network, provider);
  return await spawnScript([options.script ?? DAEMON, "--config", config], options);
}

async function writeConfig(network: TestNetwork, provider: TestProvider): Promise<string> {
  const path = join(network.folder, `config-${provider.id}.json`);
  await writeFile(path, JSON.stringify({ ...provider.config, stopWithParent: true }));
  return path;
}

async function spawnScript(
  args: readonly string[],
  { through = [], env: more, onLog }: SpawnOptions = {},
): Promise<ExecutorProcess> {
  const { execArgv, env } = executorNodeOptions;
  const [command = "", ...rest] = [...through, process.execPath, ...execArgv, ...args];
  const child = spawn(command, rest, {
    env: { ...process.env, ...env, ...more },
    stdio: ["pipe", "pipe", "pipe"],
  });
  if (onLog) createInterface({ input: child.stderr }).on("line", onLog);
  tieToThisProcess(child);
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = once(child, "exit").then(([code, signal]) => String(signal ?? code));
  const ready = new Promise<string>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const [line, rest] = output.split("\n");
      if (rest !== undefined && line) resolve(line);
    });
  });
  const line = await Promise.race([ready, ended]);
  if (!line.startsWith("{")) throw new RangeError(`ended by ${line}: ${errors.slice(-2_000)}`);
  return {
    endpoint: (JSON.parse(line) as { endpoint: string }).endpoint,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.stdin.end();
      return await ended;
    },
    async kill() {
      child.kill("SIGKILL");
      return await ended;
    },
  };
}
