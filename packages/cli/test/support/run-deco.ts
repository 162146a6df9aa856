import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { projectRoot } from "../../../../scripts/lib/project.ts";
import { tieToThisProcess } from "../../../../scripts/lib/tie-children.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** As the script that starts commands sets it: hundreds of them start in these tests. */
const COMPILE_CACHE = join(projectRoot, "node_modules", ".cache", "node-compile");

/** A finished `deco` process. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document of `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests assert its shape.
  readonly json: any;
}

/** A `deco` process under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when a line of either stream contains the text. */
  saying(text: string): Promise<string>;
}

/** Starts the command line as its users do, with nothing of the surroundings. */
export function startDeco(home: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env["PATH"], DECO_HOME: home, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ["ignore", "pipe", "pipe"],
  });
  tieToThisProcess(child);
  const streams = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      streams[name] += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const finished = once(child, "close").then(([code]) => {
    for (const listener of listeners) listener();
    const json = args.includes("--json") ? JSON.parse(streams.stdout) : undefined;
    return { code, ...streams, json };
  });
  return {
    child,
    finished,
    saying: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = `${streams.stdout}\n${streams.stderr}`
            .split("\n")
            .find((each) => each.includes(text));
          if (line !== undefined) resolve(line);
          else if (child.exitCode !== null) reject(new TypeError(streams.stderr));
        };
        listeners.add(look);
        look();
      }),
  };
}

/** Runs one command line to its end. */
export function deco(home: string, ...args: string[]): Promise<Finished> {
  return startDeco(home, args).finished;
}
