import type { TaskStage } from "@deco-network/requester";

/** Providers that hold or held a seat of the task, ascending, declined ones excepted. */
export function seatedOf(stages: readonly TaskStage[]): number[] {
  const seated = new Set<number>();
  for (const stage of stages) {
    if (stage.stage === "seat-taken") seated.add(stage.provider);
    if (stage.stage === "seat-declined") seated.delete(stage.provider);
  }
  return [...seated].sort((a, b) => a - b);
}
