import type { AbstainReason, ExecutorParts } from "@deco-network/executor";

import { NOTHING_USED, replaceRuns } from "./support/replace-runs.ts";

/** Takes seats only to say that it cannot serve them. */
export function abstainer(reason: AbstainReason): ExecutorParts {
  return {
    engines: replaceRuns(async () => ({
      ...{ kind: "abstained", reason, detail: "it never can", measurements: NOTHING_USED },
    })),
  };
}
