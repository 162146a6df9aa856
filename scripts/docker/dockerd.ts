import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { ToolError } from "../lib/tool-error.ts";
import { answers } from "./answers.ts";
import { endContainerdOf, unmountBelow } from "./leftovers.ts";

/** A running dockerd; `stop` ends it and its containers and frees its folder for removal. */
export type Dockerd = { host: string; stop(): Promise<void> };

/** Measured below one second; generous for a busy machine. */
const startMillis = 60_000;
/** dockerd gives each container ten seconds to end. */
const stopMillis = 30_000;
const pollMillis = 50;

/**
 * Starts dockerd with everything it writes inside `folder`, without any network of its own.
 *
 * @throws ToolError DOCKERD_FAILED with the end of its log when it does not come up.
 */
export async function startDockerd(options: {
  program: string;
  folder: string;
  signal?: AbortSignal;
}): Promise<Dockerd> {
  const { folder, signal } = options;
  const inside = (name: string) => join(folder, name);
  const host = `unix://${inside("docker.sock")}`;
  const log = await open(inside("log"), "w");
  // It ends when this process does, however that happens. It leads a group of its own, so that Ctrl-C
  // reaches it only through stop(), after its containers.
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig", "TERM", ...(await ownMounts()), options.program],
      ...["--config-file", inside("daemon.json")],
      ...["--data-root", inside("data"), "--exec-root", inside("exec")],
      ...["-H", host, "--pidfile", inside("pid")],
      ...["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--bridge=none"],
    ],
    { stdio: ["ignore", log.fd, log.fd], detached: true },
  );
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  await log.close();
  const stop = async () => {
    await end(child, exited);
    await endContainerdOf(folder);
    await unmountBelow(folder);
  };
  try {
    await untilReady(host, exited, inside("log"), signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, stop };
}

/** Where a machine with version 1 cgroups shows version 2 beside them. */
const unifiedCgroups = "/sys/fs/cgroup/unified";

/**
 * `crun` refuses a machine that shows both versions of cgroups, so there dockerd gets a mount
 * namespace of its own, in which the unused one is not to be seen.
 */
async function ownMounts(): Promise<string[]> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  if (!mounts.includes(` ${unifiedCgroups} `)) return [];
  return ["unshare", "--mount", "sh", "-c", `umount ${unifiedCgroups}; exec "$0" "$@"`];
}

async function untilReady(
  host: string,
  exited: Promise<void>,
  log: string,
  signal?: AbortSignal,
): Promise<void> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + startMillis;
  while (!(await answers(host))) {
    signal?.throwIfAborted();
    if (ended) throw await failed("it ended", log);
    if (Date.now() > deadline) throw await failed(`no answer within ${startMillis} ms`, log);
    await delay(pollMillis);
  }
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = new AbortController();
  const late = delay(stopMillis, "late", { signal: timer.signal }).catch(() => "ended");
  if ((await Promise.race([exited, late])) === "late") {
    child.kill("SIGKILL");
    await exited;
  }
  timer.abort();
}

async function failed(reason: string, log: string): Promise<ToolError> {
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  return new ToolError({
    code: "DOCKERD_FAILED",
    message: [reason, ...lines.slice(-3)].join("; "),
    remedy: "See whether this kernel allows containers.",
  });
}
