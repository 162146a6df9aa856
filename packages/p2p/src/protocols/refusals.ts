import { type Request, requestSchema, requestToJson } from "@deco-network/sdk";
import * as z from "zod";

import { reasonCode, seconds } from "../message/fields.ts";
import { defineProtocol, type PlainBody } from "./protocol.ts";

/** Refusals in one answer, the last ones. */
export const MAX_REFUSALS = 8;
/** Characters of a refusal's detail. */
export const MAX_REFUSAL_DETAIL = 300;

const refusal = z.strictObject({
  /** Round that was refused, or in which a seat gave no result. */
  round: z.int().min(1).max(15),
  /** `market`: no seat was taken; `offer`: none was promised to an allocator; `run`: one gave no result. */
  source: z.enum(["market", "offer", "run"]),
  /** As in docs/REASONS.md. */
  code: reasonCode,
  /** What exactly, for people, where it is about the task's own content. */
  detail: z.string().max(MAX_REFUSAL_DETAIL).optional(),
  /** Second, by the executor's clock. */
  at: seconds,
});
/** Why an executor said no to a task. */
export type ToldRefusal = z.output<typeof refusal>;

/**
 * A task's requester asks an executor why it takes no seat. The request stands in the question: it makes the task's id, so
 * the executor need not remember the task to know whose it is. Strangers get `sender-refused`.
 */
export const refusals = defineProtocol({
  id: "/deco/refusals/1",
  ask: "refusals-wanted",
  answer: "refusals",
  askBody: z.strictObject({ request: requestSchema }),
  answerBody: z.strictObject({
    /** Oldest first; empty when it said no to nothing that it remembers. */
    refusals: z.array(refusal).max(MAX_REFUSALS),
    /** What it waits for before it takes a seat, where it still may. */
    waiting: reasonCode.optional(),
  }),
});
export type RefusalsTold = z.output<typeof refusals.answerBody>;

export function refusalsWanted(request: Request): PlainBody {
  return { request: requestToJson(request) };
}
