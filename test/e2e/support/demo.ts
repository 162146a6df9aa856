import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { tieToThisProcess } from "../../../scripts/lib/tie-children.ts";

const RUN = fileURLToPath(new URL("../../../scripts/bootstrap/run.mjs", import.meta.url));
const MAIN = fileURLToPath(new URL("../../../packages/demo/src/main.ts", import.meta.url));

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DemoProcess {
  /** The first process; its group holds every other. */
  readonly group: number;
  readonly ended: Promise<Ended>;
  /** Waits until the demo has said so on standard error. */
  said(what: string): Promise<void>;
}

/**
 * Starts the demo as a person does, from their own folder and with their own temporary files.
 * @param folder working folder
 * @param temporary where it may put what it needs while it runs
 */
export function startDemo(
  folder: string,
  temporary: string,
  ...args: readonly string[]
): DemoProcess {
  return start(folder, temporary, [RUN, "demo", ...args]);
}

/** The same without the script that starts it: the demo itself is the group's first process. */
export function startDemoItself(
  folder: string,
  temporary: string,
  ...args: readonly string[]
): DemoProcess {
  return start(folder, temporary, [MAIN, ...args]);
}

function start(folder: string, temporary: string, command: readonly string[]): DemoProcess {
  const child = spawn(process.execPath, command, {
    // A group of its own, as a terminal gives to what it starts.
    ...{ cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] },
    env: { ...process.env, TMPDIR: temporary, DECO_NO_INSTALL: "1" },
  });
  tieToThisProcess(child, { group: true });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return {
    group: child.pid ?? 0,
    ended,
    said: (what) =>
      new Promise<void>((resolve, reject) => {
        const look = () => stderr.includes(what) && resolve();
        child.stderr.on("data", look);
        child.once("close", () => reject(new RangeError(`It never said "${what}": ${stderr}`)));
        look();
      }),
  };
}

/** Whether any process of the group still runs. */
export function groupRuns(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
