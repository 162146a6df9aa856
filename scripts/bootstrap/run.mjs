#!/usr/bin/env node
// Starts any command of this repository from a fresh clone. Plain JavaScript without dependencies, because it runs
// on whatever Node (>= 20) the system has, before anything is installed. It installs the workspace where that is
// needed, saying so, and then hands over to the workspace's own Node 24, which runs TypeScript directly.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const commands = {
  demo: { entry: "packages/demo/src/main.ts", does: "render a scene through a local market" },
  dapp: { entry: "packages/demo/src/dapp/main.ts", does: "let a contract ask and take a result" },
  deco: { entry: "packages/cli/src/main.ts", does: "the deco command line" },
  test: { entry: "scripts/test/main.ts", does: "every test" },
  "self-test": { entry: "scripts/test/self-test.ts", does: "that a failing test fails the run" },
  gas: { entry: "test/gas/main.ts", does: "gas of the lifecycle against its snapshot" },
  bench: { entry: "test/bench/main.ts", does: "speed and memory, beside the bare operation" },
  faults: { entry: "test/faults/main.ts", does: "what goes wrong around an executor, survived" },
  abuse: {
    entry: "packages/executor/test/abuse/main.ts",
    does: "try to break out of the sandboxes, and of weakened ones",
  },
  mutate: { entry: "test/mutation/main.ts", does: "small bugs in the contracts, each caught" },
  check: { entry: "scripts/check/main.ts", does: "format, lint, types, unused code, sizes" },
  format: { entry: "scripts/format/main.ts", does: "format everything" },
  build: { entry: "scripts/build/main.ts", does: "compile the contracts" },
  deploy: {
    entry: "scripts/deploy/main.ts",
    does: "deploy the market, or show what that would do",
  },
  circuits: { entry: "scripts/circuits/main.ts", does: "make or check the keys of circuits" },
  generate: { entry: "scripts/generate/main.ts", does: "write ABIs and bytecode into the SDK" },
};

/** Exit codes of this script itself; a command's own code is passed through. */
const exit = { usage: 64, oldNode: 69, notInstalled: 78, installFailed: 70 };

function fail(code, name, message, remedy) {
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ status: "error", code: name, message, remedy })}\n`);
  }
  process.stderr.write(`${name}: ${message}\n  ${remedy}\n`);
  process.exit(code);
}

function usage() {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const rows = Object.entries(commands).map(
    ([name, { does }]) => `  ${name.padEnd(width)}  ${does}`,
  );
  return `node scripts/bootstrap/run.mjs COMMAND [arguments]\n\n${rows.join("\n")}\n`;
}

/** Why an installation is needed, or undefined when the installed packages are those of the lockfile. */
function staleness() {
  // pnpm writes this file last, so it stands for a finished installation.
  const marker = join(root, "node_modules", ".modules.yaml");
  if (!existsSync(marker)) return "packages are not installed";
  if (!existsSync(workspaceNode())) return "the workspace's Node is not installed";
  const installed = join(root, "node_modules", ".pnpm", "lock.yaml");
  if (existsSync(installed) && sameText(installed, join(root, "pnpm-lock.yaml"))) return undefined;
  if (statSync(marker).mtimeMs >= statSync(join(root, "pnpm-lock.yaml")).mtimeMs) return undefined;
  return "pnpm-lock.yaml is newer than the installed packages";
}

function sameText(one, other) {
  return readFileSync(one, "utf8") === readFileSync(other, "utf8");
}

function workspaceNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  return join(root, "node_modules", "node", "bin", name);
}

/** Runs a child to its end, passing signals on to it; resolves to its exit code. */
function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    const forward = (signal) => child.kill(signal);
    // On Ctrl-C the terminal signals the child itself; a second signal would read as "stop at once".
    const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
    process.on("SIGINT", atTerminal ? () => {} : forward);
    process.on("SIGTERM", forward);
    process.on("SIGHUP", forward);
    child.on("error", (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(127);
    });
    child.on("close", (code, signal) => {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

async function install(reason) {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const command = [
    "npx",
    "-y",
    packageManager,
    "install",
    "--frozen-lockfile",
    "--config.confirmModulesPurge=false",
  ];
  if (process.env.DECO_NO_INSTALL === "1") {
    fail(
      exit.notInstalled,
      "INSTALL_FORBIDDEN",
      `${reason}, and DECO_NO_INSTALL=1 forbids installing.`,
      `Unset DECO_NO_INSTALL, or run: ${command.join(" ")}`,
    );
  }
  process.stderr.write(
    `${reason[0].toUpperCase()}${reason.slice(1)}. Installing the versions of pnpm-lock.yaml into node_modules` +
      ` (Node 24, Solidity compiler, test tools, libraries; about 1 GB), with: ${command.join(" ")}\n`,
  );
  const code = await run(command[0], command.slice(1), {
    cwd: root,
    // Whatever the installation prints belongs to the person at the terminal: stdout is the command's.
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (code !== 0 || !existsSync(workspaceNode())) {
    fail(
      exit.installFailed,
      "INSTALL_FAILED",
      `the installation ended with code ${code}.`,
      "See the lines above; the npm registry must be reachable.",
    );
  }
}

async function main([name, ...args]) {
  if (name === undefined || name === "--help" || name === "-h") {
    process.stdout.write(usage());
    return name === undefined ? exit.usage : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    fail(
      exit.usage,
      "UNKNOWN_COMMAND",
      `there is no command "${name}".`,
      `Commands: ${Object.keys(commands).join(", ")}`,
    );
  }
  if (Number(process.versions.node.split(".")[0]) < 20) {
    fail(
      exit.oldNode,
      "NODE_TOO_OLD",
      `Node ${process.versions.node} is too old.`,
      "Install Node 20 or newer.",
    );
  }
  const reason = staleness();
  if (reason !== undefined) await install(reason);

  const node = workspaceNode();
  // npm moves to the root before it runs a script; a relative path means the folder where the person stands. It is
  // taken out of the environment, so that a command started further down does not inherit it.
  const { INIT_CWD: standing, ...environment } = process.env;
  return run(node, [join(root, command.entry), ...args], {
    cwd: standing !== undefined && process.cwd() === root ? standing : process.cwd(),
    // The channel carries nothing: a command that starts processes of its own sees by its end that it was left.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      // Commands share most of their modules: compiled once, they start in two thirds of the time.
      NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node-compile"),
      ...environment,
      PATH: [dirname(node), process.env.PATH].join(delimiter),
    },
  });
}

process.exitCode = await main(process.argv.slice(2));
