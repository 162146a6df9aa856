import type { AcceptedResultEvent } from "@deco-network/sdk/actions";
import type { Address, Hex } from "viem";
import * as z from "zod";

import type { AppealVerdict } from "../events.ts";

/** An accepted result that was drawn for a look. */
export interface ChosenTask {
  readonly accepted: AcceptedResultEvent;
  /** Items that are run again. */
  readonly items: readonly number[];
  /** Last second of block time for an appeal. */
  readonly closesAt: number;
}

/** What running a task again has shown. */
export type TaskState = "chosen" | "right" | "wrong" | "inconclusive";

/** An item whose accepted result is not what running it gives. */
export interface WrongItem {
  readonly index: number;
  readonly accepted: Hex;
  readonly computed: Hex;
  /** Bags: Merkle path and manifest, which show the accepted one. */
  readonly proof: readonly Hex[];
}

/**
 * - `planned`  about to be sent, with this nonce; after a crash it may be on its way.
 * - `open`     on the chain; the bond is out.
 * - `resolved` the task ended: the bond's end is known.
 * - `missed`   the window closed before it got in; no bond left the account.
 */
export type AppealState = "planned" | "open" | "resolved" | "missed";

export interface Appeal {
  readonly taskId: Hex;
  readonly wrong: WrongItem;
  readonly token: Address;
  readonly bond: bigint;
  readonly state: AppealState;
  readonly nonce: number;
  /** The dispute's number, once it is open. */
  readonly dispute?: number;
  /** What its panels have decided so far, to tell each decision once. */
  readonly told: number;
  readonly verdict?: AppealVerdict;
  readonly returned: bigint;
  readonly awarded: bigint;
}

const hex = z.custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-f]*$/i.test(value));
const amount = z.string().transform(BigInt);
const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text) => schema.parse(JSON.parse(text)));

const wrongSchema = z.object({
  index: z.int(),
  accepted: hex,
  computed: hex,
  proof: z.array(hex),
});
const acceptedSchema = z.object({
  ...{ taskId: hex, result: hex, digest: hex, root: hex, document: hex },
  blockNumber: z.int(),
});

// Rows are checked when read: a damaged database must stop the auditor, not steer it.
const taskRow = z.object({
  accepted: json(acceptedSchema),
  items: json(z.array(z.int())),
  closes_at: z.int(),
});
const appealRow = z.object({
  ...{ task: hex, wrong: json(wrongSchema), token: hex, bond: amount, nonce: z.int() },
  state: z.enum(["planned", "open", "resolved", "missed"]),
  dispute: z.int().nullable(),
  told: z.int(),
  verdict: z.enum(["right", "wrong", "undecided"]).nullable(),
  ...{ returned: amount, awarded: amount },
});

export function parseTask(row: unknown): ChosenTask {
  const { accepted, items, closes_at: closesAt } = taskRow.parse(row);
  return { accepted, items, closesAt };
}

export function parseWrong(text: unknown): WrongItem {
  return json(wrongSchema).parse(text);
}

export function parseAppeal(row: unknown): Appeal {
  const { task: taskId, dispute, verdict, ...appeal } = appealRow.parse(row);
  return {
    ...{ taskId, ...appeal },
    ...(dispute !== null && { dispute }),
    ...(verdict !== null && { verdict }),
  };
}
