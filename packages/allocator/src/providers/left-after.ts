import type { FreeResources } from "@deco-network/p2p";
import { type Need, placeIn, takeFrom } from "@deco-network/sdk/capacity";

/** What is left of a machine that took these runs after it announced what it has. */
export function leftAfter(free: FreeResources, given: readonly Need[]): FreeResources {
  return given.reduce((left, need) => {
    const tasks = Math.max(0, left.tasks - 1);
    const placement = placeIn(left, need);
    // It took on more than it announced: until it tells what became of that, there is no room.
    if (placement.kind === "short") return { ...left, tasks, slots: 0 };
    const { accelerators, ...rest } = takeFrom(left, need, placement.devices);
    return { tasks, ...rest, accelerators: [...accelerators] };
  }, free);
}
