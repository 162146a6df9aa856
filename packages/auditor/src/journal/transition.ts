import type { Hex } from "viem";

import type { Appeal, ChosenTask, TaskState, WrongItem } from "./rows.ts";

/** What is known of an appeal before it is sent. */
export type AppealPlan = Pick<Appeal, "taskId" | "wrong" | "token" | "bond" | "nonce">;

/** How an appeal ended. */
export type AppealEnd = Required<Pick<Appeal, "verdict" | "returned" | "awarded">>;

/** Everything that the journal can be told. */
export type Transition =
  /** All acceptances up to this block were drawn from. */
  | { readonly kind: "followed"; readonly block: number }
  /** A task that is known already keeps what is known of it. */
  | { readonly kind: "task-chosen"; readonly task: ChosenTask }
  | {
      readonly kind: "task-judged";
      readonly taskId: Hex;
      readonly state: Exclude<TaskState, "chosen">;
      readonly wrong?: WrongItem | undefined;
    }
  /** Stands on disk before the transaction with this nonce leaves. */
  | { readonly kind: "appeal-planned"; readonly plan: AppealPlan }
  | { readonly kind: "appeal-opened"; readonly taskId: Hex; readonly dispute: number }
  | { readonly kind: "appeal-missed"; readonly taskId: Hex }
  /** The decision of the panel of this level was told. */
  | { readonly kind: "panel-told"; readonly taskId: Hex; readonly level: number }
  | { readonly kind: "appeal-resolved"; readonly taskId: Hex; readonly end: AppealEnd };
