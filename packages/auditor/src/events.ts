import type { Address, Hex } from "viem";

/** Why a wrong result is not appealed now. */
export type WithheldReason =
  /** Nothing is to be sent. */
  | "dry-run"
  /** The bond and those at risk already would exceed the budget. */
  | "budget"
  /** The budget is in another token than the task's. */
  | "token"
  /** A dispute over the same item is open or decided. */
  | "already-disputed"
  /** The account has not got the bond. */
  | "balance"
  | "window-over";

/** Why an audit came to no answer. */
export type InconclusiveReason =
  /** Program, input or the accepted list of item results cannot be had in time. */
  | "content-unavailable"
  /** Content that was had cannot be used; the detail says which. */
  | "content-invalid"
  /** No engine here runs the program, or it exceeds what this machine gives. */
  | "cannot-run"
  /** Two runs here had different results: the program does not suit replication. */
  | "unstable"
  | "window-over";

/** How the appeal ended for who made it. */
export type AppealVerdict = "right" | "wrong" | "undecided";

/** What an auditor does, in order. Amounts are base units of `token`, awards of DECO. */
export type AuditorEvent =
  | { readonly event: "passed-over"; readonly taskId: Hex }
  | {
      readonly event: "chosen";
      readonly taskId: Hex;
      /** Items that are run again; item 0 is a single run. */
      readonly items: readonly number[];
      /** Second of block time after which nobody may appeal. */
      readonly closesAt: number;
    }
  | { readonly event: "right"; readonly taskId: Hex; readonly items: readonly number[] }
  | {
      readonly event: "wrong";
      readonly taskId: Hex;
      readonly item: number;
      readonly accepted: Hex;
      readonly computed: Hex;
    }
  | {
      readonly event: "inconclusive";
      readonly taskId: Hex;
      readonly reason: InconclusiveReason;
      readonly detail: string;
    }
  /** Comes before anything is sent. */
  | {
      readonly event: "appeal-costs";
      readonly taskId: Hex;
      readonly token: Address;
      readonly bond: bigint;
      /** Bonds of other appeals that are out or were lost. */
      readonly atRisk: bigint;
      readonly budget: bigint;
    }
  | { readonly event: "appeal-withheld"; readonly taskId: Hex; readonly reason: WithheldReason }
  | {
      readonly event: "appealed";
      readonly taskId: Hex;
      readonly dispute: number;
      readonly bond: bigint;
    }
  | {
      readonly event: "panel-decided";
      readonly taskId: Hex;
      readonly dispute: number;
      /** Of the panel: 1 or 2. */
      readonly level: number;
      readonly decision: Hex;
      readonly overturned: boolean;
    }
  | {
      readonly event: "appeal-resolved";
      readonly taskId: Hex;
      readonly dispute: number;
      readonly verdict: AppealVerdict;
      readonly bond: bigint;
      /** Of the bond, what was spent and repaid included. */
      readonly returned: bigint;
      /** Repayment and bounty in DECO. */
      readonly awarded: bigint;
    }
  /** Something failed and is tried again. */
  | { readonly event: "trouble"; readonly doing: string; readonly error: unknown };
