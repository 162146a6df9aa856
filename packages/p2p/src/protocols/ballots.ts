import * as z from "zod";

import { hexBytes32, hexKeySignature } from "../message/fields.ts";
import { defineProtocol } from "./protocol.ts";

/** Shortest commit or reveal window, in seconds, in which rounds are relayed: in less, seats act at once. */
export const MIN_RELAYED_WINDOW = 30;

const providerId = z.int().min(1).max(4_294_967_295);
/** What a reveal shows on the chain, and no more: never the result. */
const shown = z.strictObject({ tag: hexBytes32, salt: hexBytes32 });
/** Seats of a round. */
const MAX_SEATS = 16;

/**
 * A seated executor gives its ballot to whoever relays its round: the commitment with its operator's
 * signature, and tag and salt once the chain has everybody's commitments. The answer tells what the
 * relayer holds. The same again is the question how far the round is.
 */
export const ballots = defineProtocol({
  id: "/deco/ballots/1",
  ask: "ballot",
  answer: "ballots-held",
  askBody: z.strictObject({
    taskId: hexBytes32,
    round: z.int().min(1).max(15),
    provider: providerId,
    commitment: hexBytes32,
    /** Of the market's `Commitment`, by the provider's operator key. */
    signature: hexKeySignature,
    shown: shown.exactOptional(),
  }),
  answerBody: z.strictObject({
    /** Providers whose commitments are held. */
    held: z.array(providerId).max(MAX_SEATS),
    /** What seats have shown; whoever reads it checks it against the chain. */
    shown: z.array(shown.extend({ provider: providerId })).max(MAX_SEATS),
  }),
});
export type Ballot = z.output<typeof ballots.askBody>;
export type BallotsHeld = z.output<typeof ballots.answerBody>;

/** One seat's tag and salt. */
export type ShownBallot = BallotsHeld["shown"][number];
