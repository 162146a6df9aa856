import type { FreeResources } from "@deco-network/p2p";
import { type Need, placeIn, type Room, takeFrom } from "@deco-network/sdk/capacity";

/** What is left of a machine that took these runs after it announced what it has. */
export function leftAfter(
  { tasks, ...announced }: FreeResources,
  given: readonly Need[],
): FreeResources {
  let left: Room = announced;
  for (const need of given) {
    const placement = placeIn(left, need);
    // Where it took on more than it announced there is no room, until it tells what became of that.
    left =
      placement.kind === "placed" ? takeFrom(left, need, placement.devices) : { ...left, slots: 0 };
  }
  return {
    ...left,
    tasks: Math.max(0, tasks - given.length),
    accelerators: [...left.accelerators],
  };
}
