import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { tieToThisProcess } from "../../../scripts/lib/tie-children.ts";
import type { Point } from "./point.ts";

const COMPILE_CACHE = fileURLToPath(
  new URL("../../../node_modules/.cache/node-compile", import.meta.url),
);

/** How a life ended: by the kill that was asked for, or in the process's own way. */
export type Ended = "killed" | "stopped";

/** One life of the process under test. */
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
  /** Of a process that is a `MortalProcess`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly arm?: Point | undefined;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Given each line that is not about points. */
  readonly onTold?: (line: Readonly<Record<string, unknown>>) => void;
}

export function startLife(options: LifeOptions): Life {
  const { script, args, arm, execArgv = [], env, onTold } = options;
  const child = spawn(process.execPath, [...execArgv, script, ...args, arm ?? "nothing"], {
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
    };
    if (told.point) points.push(told.point);
    else if (told.armed) armings.shift()?.();
    else if (told.endpoint !== undefined) becomeReady(told.endpoint);
    else onTold?.(told);
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
