/** Where a process can be ended: just before or just after an act, which is told by its kind, not by its task. */
export type Point = `${"before" | "after"} ${string}`;
