import type * as z from "zod";

/** One question and its answer, under a versioned name. */
export interface Protocol<Ask extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
  /** libp2p protocol id; a change of meaning gets another number. */
  readonly id: string;
  /** Kinds of its two messages. */
  readonly ask: string;
  readonly answer: string;
  readonly askBody: Ask;
  readonly answerBody: Answer;
}

/** Keeps the schemas' types. */
export function defineProtocol<Ask extends z.ZodType, Answer extends z.ZodType>(
  protocol: Protocol<Ask, Answer>,
): Protocol<Ask, Answer> {
  return protocol;
}

/** Plain JSON, as it is signed and sent; the protocol's schema must read it. */
export type PlainBody = Record<string, unknown>;
