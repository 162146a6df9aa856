import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { projectRoot } from "../../../scripts/lib/project.ts";

const RUN = "scripts/bootstrap/run.mjs";
const LOCK = "lockfileVersion: '9.0'\n";

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Clone {
  readonly root: string;
  /** Runs the bootstrap script as `node scripts/bootstrap/run.mjs ...args`. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Arguments of each call of npx so far. */
  installations(): Promise<string[]>;
  write(path: string, text: string): Promise<void>;
  /** Installs as the fake npx does. */
  install(lock?: string): Promise<void>;
  remove(): Promise<void>;
}

interface RunOptions {
  readonly env?: Record<string, string | undefined>;
  readonly cwd?: string;
  /** Exit code of npx; it installs nothing unless this is 0. */
  readonly npx?: number;
}

/** What the command "gas" is in a clone: it tells what it was given, and ends as it is asked to. */
const COMMAND = `
const { argv, execPath, env } = process;
const [end] = argv.slice(2);
console.log(JSON.stringify({ args: argv.slice(2), execPath, cwd: process.cwd(), path: env.PATH, initCwd: env.INIT_CWD, cache: env.NODE_COMPILE_CACHE }));
if (end === "--fail") process.exitCode = 3;
if (end === "--killed") { process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 60_000); }
`;

/** npx as a program that records its call and makes what pnpm makes. */
const NPX = `#!/bin/sh
echo "what npm prints"
echo "$@" >> "$CLONE/installations"
[ "$NPX_CODE" = 0 ] || exit "$NPX_CODE"
mkdir -p "$CLONE/node_modules/node/bin" "$CLONE/node_modules/.pnpm"
ln -sf "$CLONE_NODE" "$CLONE/node_modules/node/bin/node"
cp "$CLONE/pnpm-lock.yaml" "$CLONE/node_modules/.pnpm/lock.yaml"
echo > "$CLONE/node_modules/.modules.yaml"
`;

/** A checkout with the real bootstrap script, one command, and a package registry that is always there. */
export async function freshClone(): Promise<Clone> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "deco-clone-")));
  const write = async (path: string, text: string, mode?: number) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, mode === undefined ? {} : { mode });
  };
  await mkdir(join(root, dirname(RUN)), { recursive: true });
  await cp(join(projectRoot, RUN), join(root, RUN));
  await write("package.json", JSON.stringify({ packageManager: "pnpm@1.2.3", type: "module" }));
  await write("pnpm-lock.yaml", LOCK);
  await write("test/gas/main.ts", COMMAND);
  await write("bin/npx", NPX, 0o755);
  return {
    root,
    write,
    run: (args, options) => run(root, args, options),
    installations: async () => {
      const text = await readFile(join(root, "installations"), "utf8").catch(() => "");
      return text.split("\n").filter((line) => line !== "");
    },
    async install(lock = LOCK) {
      await write("node_modules/.pnpm/lock.yaml", lock);
      await mkdir(join(root, "node_modules/node/bin"), { recursive: true });
      await symlink(process.execPath, join(root, "node_modules/node/bin/node"));
      await write("node_modules/.modules.yaml", "");
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

function run(
  root: string,
  args: readonly string[],
  { env = {}, cwd = root, npx = 0 }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, RUN), ...args], {
    ...{ cwd, stdio: ["ignore", "pipe", "pipe"] },
    env: {
      ...process.env,
      DECO_NO_INSTALL: undefined,
      INIT_CWD: undefined,
      NODE_COMPILE_CACHE: undefined,
      PATH: [join(root, "bin"), process.env.PATH].join(delimiter),
      CLONE: root,
      CLONE_NODE: process.execPath,
      NPX_CODE: String(npx),
      ...env,
    },
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...said }));
  });
}
