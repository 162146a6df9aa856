import * as z from "zod";

import { hexBytes32 } from "../message/fields.ts";
import { defineProtocol } from "./protocol.ts";

/** Why a provider does not take a private task's key. */
export const KEY_REFUSALS = [
  /** The task is not private, or not known as such here. */
  "task-not-private",
  /** The envelope cannot be opened with the provider's identity. */
  "envelope-unreadable",
  /** The envelope is for another task, provider, chain or market. */
  "envelope-foreign",
  /** The key does not open the task's input. */
  "key-wrong",
] as const;
export type KeyRefusal = (typeof KEY_REFUSALS)[number];

/**
 * A private task's requester gives the key of its input to an executor that holds a seat. The envelope is encrypted to
 * the provider's age recipient, so that nobody on the way learns anything. Strangers get `sender-refused`.
 */
export const privateKeys = defineProtocol({
  id: "/deco/private-keys/1",
  ask: "private-key",
  answer: "private-key-taken",
  askBody: z.strictObject({
    taskId: hexBytes32,
    /** An age ciphertext; see the privacy package. */
    envelope: z.base64().max(16_384),
  }),
  answerBody: z.union([
    z.strictObject({ taken: z.literal(true) }),
    z.strictObject({ refused: z.enum(KEY_REFUSALS) }),
  ]),
});
