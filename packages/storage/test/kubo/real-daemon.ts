import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Daemon } from "./daemon.ts";

/** The last release of the JavaScript daemon that speaks Kubo's RPC API. */
const PACKAGE = "ipfs@0.66.1";
/** Kept between runs; outside the workspace, since it has some 500 packages. */
const INSTALLED = join(tmpdir(), "deco-kubo-rpc-daemon-0.66.1");
const START_MILLIS = 60_000;

/** A real daemon, without a network, on a port of its own. */
export async function startRealDaemon(): Promise<Daemon> {
  const program = await install();
  const repo = await mkdtemp(join(tmpdir(), "deco-kubo-repo-"));
  const env = { ...process.env, IPFS_PATH: repo };
  await promisify(execFile)(process.execPath, [program, "init", "--empty-repo"], { env });
  const config = JSON.parse(await readFile(join(repo, "config"), "utf8"));
  config.Addresses = { Swarm: [], API: "/ip4/127.0.0.1/tcp/0", Gateway: "" };
  config.Bootstrap = [];
  config.Discovery = { MDNS: { Enabled: false } };
  await writeFile(join(repo, "config"), JSON.stringify(config));

  const child = spawn(process.execPath, [program, "daemon", "--offline"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(repo, { recursive: true, force: true });
  };
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MILLIS);
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("Daemon is ready")) break;
  }
  clearTimeout(timer);
  const port = /HTTP API listening on \/ip4\/127\.0\.0\.1\/tcp\/(\d+)/.exec(output)?.[1];
  if (port === undefined) {
    await stop();
    throw new TypeError(`the daemon did not start: ${output}`);
  }
  return { name: "a real daemon", api: `http://127.0.0.1:${port}`, stop };
}

async function install(): Promise<string> {
  const program = join(INSTALLED, "node_modules/ipfs/src/cli.js");
  const complete = join(INSTALLED, "complete");
  if (existsSync(complete)) return program;
  await mkdir(INSTALLED, { recursive: true });
  await writeFile(join(INSTALLED, "package.json"), '{ "private": true }\n');
  // Native parts are optional and not needed; nothing of the packages runs at installation.
  const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
  await promisify(execFile)("npm", ["install", PACKAGE, ...options], { cwd: INSTALLED });
  await writeFile(complete, "");
  return program;
}
