import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

import type { ProgramDocument } from "@deco-network/sdk";

/** In what two runs of a program differ. */
export interface Surroundings {
  /** With the limits of this run. */
  readonly program: ProgramDocument;
  readonly environment: Readonly<Record<string, string>>;
  /** Command and arguments before the node that runs the program. */
  readonly wrapper: readonly string[];
}

/** Two unlike places on this machine. */
export interface UnlikeSurroundings {
  readonly first: Surroundings;
  readonly second: Surroundings;
  readonly varied: readonly string[];
  /** What could not be made unlike here. */
  readonly same: readonly string[];
  /** What the sandbox shows every program alike, wherever it runs. */
  readonly hidden: readonly string[];
}

const ONE = { TZ: "UTC", LANG: "C", LC_ALL: "C" };
const ANOTHER = { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };

/** Finds what this machine allows for a program. */
export function unlikeSurroundings(program: ProgramDocument): UnlikeSurroundings {
  return program.engine === "oci" ? unlikeContainers(program) : unlikeProcesses(program);
}

/** Containers are started by the engine's daemon; their cores follow from the limit and the host. */
function unlikeContainers(
  program: Extract<ProgramDocument, { engine: "oci" }>,
): UnlikeSurroundings {
  const { limits } = program;
  const cores = availableParallelism() > 1;
  const withCores = (cpuMillis: number) => ({ ...program, limits: { ...limits, cpuMillis } });
  const plain = { environment: {}, wrapper: [] };
  return {
    first: { ...plain, program: cores ? withCores(1_000) : program },
    second: { ...plain, program: cores ? withCores(Math.max(2_000, limits.cpuMillis)) : program },
    varied: ["time", ...(cores ? ["core count"] : [])],
    same: cores ? [] : ["core count"],
    hidden: ["host name", "time zone", "language"],
  };
}

/** Host names need root, core counts need taskset. */
function unlikeProcesses(program: ProgramDocument): UnlikeSurroundings {
  const hosts = answers("unshare", ["--uts", "hostname", "deco-check"]);
  const cores = availableParallelism() > 1 && answers("taskset", ["-c", "0", "true"]);
  const rename = (name: string) =>
    hosts ? ["unshare", "--uts", "sh", "-c", `hostname ${name} && exec "$@"`, "sh"] : [];
  const oneCore = cores ? ["taskset", "-c", "0"] : [];
  return {
    first: { program, environment: ONE, wrapper: [...rename("deco-check-one"), ...oneCore] },
    second: { program, environment: ANOTHER, wrapper: rename("another-machine") },
    varied: [
      ...["time", "time zone", "language"],
      ...(hosts ? ["host name"] : []),
      ...(cores ? ["core count"] : []),
    ],
    same: [...(hosts ? [] : ["host name"]), ...(cores ? [] : ["core count"])],
    hidden: [],
  };
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, [...args], { stdio: "ignore" }).status === 0;
}
