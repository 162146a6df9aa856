import { fileURLToPath } from "node:url";

import type { Hash } from "viem";

import { type Life, startLife as startAnyLife } from "../../../../test/support/crash/life.ts";
import type { Point } from "../../../../test/support/crash/point.ts";
import type { AssignmentState } from "../../src/index.ts";
import { executorNodeOptions } from "../../src/node-options.ts";

const SCRIPT = fileURLToPath(new URL("crash-process.ts", import.meta.url));

/** What its engine does: as shipped; never gives a result; gives another one in every life; never ends by itself. */
export type Mode = "run" | "abstain" | "changing" | "stuck";

export interface LifeOptions {
  readonly configFile: string;
  readonly mode: Mode;
  readonly arm?: Point | undefined;
  /** Told of every move of an assignment. */
  readonly onMove: (task: Hash, state: AssignmentState) => void;
}

/** One life of the executor under test. */
export function startLife({ configFile, mode, arm, onMove }: LifeOptions): Life {
  return startAnyLife({
    ...{ script: SCRIPT, args: [configFile, mode], arm, ...executorNodeOptions },
    onTold(line) {
      const { task, state } = line as { readonly task?: Hash; readonly state?: AssignmentState };
      if (task && state) onMove(task, state);
    },
  });
}
