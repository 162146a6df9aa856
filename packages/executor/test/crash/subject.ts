import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { Hash } from "viem";

import { tieToThisProcess } from "../../../../scripts/lib/tie-children.ts";
import type { AssignmentState } from "../../src/index.ts";
import { executorNodeOptions } from "../../src/node-options.ts";
import type { Point } from "./points.ts";

const SCRIPT = fileURLToPath(new URL("crash-process.ts", import.meta.url));
const COMPILE_CACHE = fileURLToPath(
  new URL("../../../../node_modules/.cache/node-compile", import.meta.url),
);

/** How a life ended: by the kill that was asked for, or in the process's own way. */
export type Ended = "killed" | "stopped";

/** What its engine does: as shipped; never gives a result; gives another one in every life; never ends by itself. */
export type Mode = "run" | "abstain" | "changing" | "stuck";

/** One life of the executor under test. */
export interface Life {
  /** Points reached, in order. */
  readonly points: readonly Point[];
  /** Its endpoint once it is ready; undefined when it ended before. */
  readonly ready: Promise<string | undefined>;
  /** @throws RangeError when it ended in another way, with its last words */
  readonly ended: Promise<Ended>;
  arm(point: Point | "nothing"): Promise<void>;
  stop(): void;
  kill(): Promise<void>;
}

export interface LifeOptions {
  readonly configFile: string;
  readonly mode: Mode;
  readonly arm?: Point | undefined;
  /** Told of every move of an assignment. */
  readonly onMove: (task: Hash, state: AssignmentState) => void;
}

export function startLife({ configFile, mode, arm, onMove }: LifeOptions): Life {
  const { execArgv, env } = executorNodeOptions;
  const args = [...execArgv, SCRIPT, configFile, mode, ...(arm ? [arm] : [])];
  const child = spawn(process.execPath, args, {
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  tieToThisProcess(child);
  // Writing to a process that was just killed is no failure of the test.
  child.stdin.on("error", () => undefined);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-2_000);
  });
  const points: Point[] = [];
  const armings: (() => void)[] = [];
  let becomeReady: (endpoint: string | undefined) => void;
  const ready = new Promise<string | undefined>((resolve) => {
    becomeReady = resolve;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const told = JSON.parse(line) as {
      readonly point?: Point;
      readonly armed?: string;
      readonly endpoint?: string;
      readonly task?: Hash;
      readonly state?: AssignmentState;
    };
    if (told.point) points.push(told.point);
    if (told.armed) armings.shift()?.();
    if (told.endpoint) becomeReady(told.endpoint);
    if (told.task && told.state) onMove(told.task, told.state);
  });
  let byUs = false;
  // Everything that it said has been heard before its end is told.
  const ended = Promise.all([once(child, "exit"), once(lines, "close")]).then(
    ([[code, signal]]) => {
      becomeReady(undefined);
      for (const armed of armings.splice(0)) armed();
      if (signal === "SIGKILL" && (byUs || points.at(-1) === current)) return "killed" as const;
      if (code === 0) return "stopped" as const;
      throw new RangeError(`ended by ${signal ?? code} at "${points.at(-1)}": ${errors}`);
    },
  );
  ended.catch(() => undefined);
  let current: string | undefined = arm;
  return {
    ...{ points, ready, ended },
    async arm(point) {
      current = point;
      const acknowledged = new Promise<void>((resolve) => armings.push(resolve));
      child.stdin.write(`${JSON.stringify({ arm: point })}\n`);
      await acknowledged;
    },
    stop() {
      child.stdin.write(`${JSON.stringify({ stop: true })}\n`);
    },
    async kill() {
      byUs = true;
      child.kill("SIGKILL");
      await ended;
    },
  };
}
