import * as z from "zod";

import { defineProtocol } from "./protocol.ts";

/** "Who are you?": the answer's signature tells the address; its body, what the node does. */
export const introductions = defineProtocol({
  id: "/deco/introductions/1",
  ask: "introduce-yourself",
  answer: "introduction",
  askBody: z.strictObject({}),
  answerBody: z.strictObject({
    role: z.enum(["allocator", "executor"]),
    /** Seconds that an allocator wants between opening and silence; absent from executors. */
    allocatorWindow: z.int().min(1).max(1_048_575).exactOptional(),
  }),
});
export type Introduction = z.output<typeof introductions.answerBody>;
