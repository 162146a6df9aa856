import {
  type Request,
  requestSchema,
  requestToJson,
  type SignedTaskOffer,
} from "@deco-network/sdk";
import * as z from "zod";

import { hexBytes32, hexKeySignature, reasonCode, seconds, wide } from "../message/fields.ts";
import { defineProtocol, type PlainBody } from "./protocol.ts";

const signedTaskOffer = z.strictObject({
  taskId: hexBytes32,
  provider: z.int().min(1).max(4_294_967_295),
  price: wide(96),
  expiry: seconds,
  epoch: z.int().min(0).max(4_294_967_295),
  signature: hexKeySignature,
});

/**
 * An allocator asks an executor for a seat on a task. The answer is a `TaskOffer` that the market
 * accepts, or the code of the reason why not.
 */
export const offers = defineProtocol({
  id: "/deco/offers/1",
  ask: "offer-wanted",
  answer: "offer",
  askBody: z.strictObject({
    request: requestSchema,
    /** Round that the seat is for. */
    round: z.int().min(1).max(15),
  }),
  answerBody: z.union([
    z.strictObject({ offer: signedTaskOffer }),
    z.strictObject({ refused: reasonCode }),
  ]),
});

/** What an executor answers. */
export type OfferAnswer =
  | { readonly kind: "offer"; readonly offer: SignedTaskOffer }
  | { readonly kind: "refused"; readonly reason: string };

export function offerWanted(request: Request, round: number): PlainBody {
  return { request: requestToJson(request), round };
}

export function offerAnswer(answer: OfferAnswer): PlainBody {
  if (answer.kind === "refused") return { refused: answer.reason };
  const { offer, signature } = answer.offer;
  return { offer: { ...offer, price: offer.price.toString(), signature } };
}

export function readOfferAnswer(body: z.output<typeof offers.answerBody>): OfferAnswer {
  if ("refused" in body) return { kind: "refused", reason: body.refused };
  const { signature, ...offer } = body.offer;
  return { kind: "offer", offer: { offer, signature } };
}
