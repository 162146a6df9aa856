import * as z from "zod";

import { hexBytes32 } from "../message/fields.ts";
import { defineProtocol } from "./protocol.ts";

/**
 * A private task's requester asks an executor that agreed where the ciphertext of the result is. Strangers get
 * `sender-refused`.
 */
export const privateResults = defineProtocol({
  id: "/deco/private-results/1",
  ask: "private-result-wanted",
  answer: "private-result",
  askBody: z.strictObject({ taskId: hexBytes32 }),
  answerBody: z.union([
    z.strictObject({
      /** UnixFS file: an age ciphertext to the task's recipient. */
      ciphertext: z.string().regex(/^baf[ky][a-z2-7]{55}$/),
      bytes: z.int().min(1),
    }),
    z.strictObject({
      /** `pending`: the task's end is not final here yet; `gone`: it is not kept any more, or never was. */
      absent: z.enum(["pending", "gone"]),
    }),
  ]),
});
