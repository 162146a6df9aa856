import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** In what two runs of a program differ. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  /** Command and arguments before the node that runs the program. */
  readonly wrapper: readonly string[];
}

/** Two unlike places on this machine, and what could not be made unlike. */
export interface UnlikeSurroundings {
  readonly first: Surroundings;
  readonly second: Surroundings;
  readonly varied: readonly string[];
  readonly same: readonly string[];
}

/** Finds what this machine allows: host names need root, core counts need taskset. */
export function unlikeSurroundings(): UnlikeSurroundings {
  const hosts = answers("unshare", ["--uts", "hostname", "deco-check"]);
  const cores = availableParallelism() > 1 && answers("taskset", ["-c", "0", "true"]);
  const rename = (name: string) =>
    hosts ? ["unshare", "--uts", "sh", "-c", `hostname ${name} && exec "$@"`, "sh"] : [];
  const possible = {
    "host name": hosts,
    "core count": cores,
    "time zone": true,
    language: true,
    time: true,
  };
  const names = Object.entries(possible);
  return {
    first: {
      environment: { TZ: "UTC", LANG: "C", LC_ALL: "C" },
      wrapper: [...rename("deco-check-one"), ...(cores ? ["taskset", "-c", "0"] : [])],
    },
    second: {
      environment: { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
      wrapper: rename("another-machine"),
    },
    varied: names.filter(([, varied]) => varied).map(([name]) => name),
    same: names.filter(([, varied]) => !varied).map(([name]) => name),
  };
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, [...args], { stdio: "ignore" }).status === 0;
}
