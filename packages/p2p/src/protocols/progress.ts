import type { MarketDomain } from "@deco-network/sdk";
import type { Hash } from "viem";
import * as z from "zod";

import { P2pError } from "../errors.ts";
import { hexBytes32, reasonCode, seconds } from "../message/fields.ts";
import {
  type BoxOpener,
  fromBase64,
  type SealedBox,
  sealTo,
  toBase64,
} from "../message/sealed-box.ts";
import { defineProtocol, type PlainBody } from "./protocol.ts";

/** Most bytes of a program's standard error in one answer. */
export const MAX_LOG_CHUNK = 16_384;

/** Sealed answers are padded to multiples of this, so that their size tells little. */
const PADDING = 4_096;

const offset = z.int().min(0);

/**
 * A task's requester asks a seated executor how far it is and what the program wrote to standard
 * error. The answer is sealed to the key in the question, so that who relays it learns nothing.
 */
export const progress = defineProtocol({
  id: "/deco/progress/1",
  ask: "progress-wanted",
  answer: "progress",
  askBody: z.strictObject({
    taskId: hexBytes32,
    /** X25519 public key, made for this question. */
    key: hexBytes32,
    /** First byte of standard error that is wanted. */
    from: offset,
  }),
  answerBody: z.strictObject({
    key: hexBytes32,
    sealed: z.base64().max(60_000),
  }),
});

const seatProgressSchema = z.strictObject({
  /** Round of the seat. */
  round: z.int().min(1).max(15),
  /** State of the executor's assignment. */
  state: reasonCode,
  /** Second, by the executor's clock, since which it is in that state. */
  since: seconds,
  /** Why it is there, where there is more than one way. */
  reason: reasonCode.exactOptional(),
  /** Items whose run has ended; one for a task that is no bag. Absent before the run and when it is forgotten. */
  items: z.strictObject({ done: offset, total: offset }).exactOptional(),
  log: z.union([
    /** The vote is not over: whoever had the text could pass it to others who vote. */
    z.strictObject({ withheld: z.literal("vote-open") }),
    z.strictObject({
      /** `all` that is kept, only the `end` of a run that nobody pays, or the `beginning` of one under way. */
      shown: z.enum(["all", "end", "beginning"]),
      /** Offset of the first byte given: later than asked for when what was between is not kept. */
      from: offset,
      bytes: z.base64().max(22_000),
      /** Offset after the last byte that can be had now. */
      end: offset,
    }),
  ]),
});

/** How far a seat is. */
export interface SeatProgress extends Omit<z.output<typeof seatProgressSchema>, "log"> {
  readonly log: SeatLog;
}

export type SeatLog =
  | { readonly withheld: "vote-open" }
  | {
      readonly shown: "all" | "end" | "beginning";
      readonly from: number;
      readonly bytes: Uint8Array;
      readonly end: number;
    };

/** What an answer is bound to, besides both keys. */
export interface ProgressContext {
  readonly domain: MarketDomain;
  readonly taskId: Hash;
  readonly provider: number;
}

/** @throws P2pError `message-malformed` */
export async function sealProgress(
  key: Hash,
  context: ProgressContext,
  { log, ...seat }: SeatProgress,
): Promise<PlainBody> {
  const plain = { ...seat, log: "bytes" in log ? { ...log, bytes: toBase64(log.bytes) } : log };
  const text = JSON.stringify(plain);
  const padded = text.padEnd(Math.ceil(text.length / PADDING) * PADDING, " ");
  return { ...(await sealTo(key, contextText(context), new TextEncoder().encode(padded))) };
}

/** @throws P2pError `answer-invalid` */
export async function openProgress(
  opener: BoxOpener,
  context: ProgressContext,
  box: SealedBox,
): Promise<SeatProgress> {
  const bytes = await opener.open(box, contextText(context));
  try {
    const plain = seatProgressSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const { log, ...seat } = plain;
    return { ...seat, log: "bytes" in log ? { ...log, bytes: fromBase64(log.bytes) } : log };
  } catch (cause) {
    throw new P2pError("answer-invalid", "The opened answer cannot be read.", { cause });
  }
}

function contextText({ domain, taskId, provider }: ProgressContext): string {
  const { chainId, market } = domain;
  return [progress.id, chainId, market.toLowerCase(), taskId.toLowerCase(), provider].join(" ");
}
