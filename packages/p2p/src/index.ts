export { BallotBox } from "./ballots/ballot-box.ts";
export type { AnswerErrorCode, P2pErrorCode } from "./errors.ts";
export { ANSWER_ERRORS, isP2pError, P2pError } from "./errors.ts";
export type { MessageSigner } from "./message/envelope.ts";
export type { BoxOpener, SealedBox } from "./message/sealed-box.ts";
export { makeOpener } from "./message/sealed-box.ts";
export { messageDomain, messageTypes } from "./message/typed-data.ts";
export type {
  Answer,
  AskOptions,
  MessageHandler,
  MessageHost,
  MessengerEvent,
  MessengerOptions,
  Received,
  Recipient,
} from "./messenger.ts";
export { Messenger } from "./messenger.ts";
export type { Ballot, BallotsHeld, ShownBallot } from "./protocols/ballots.ts";
export { ballots, MIN_RELAYED_WINDOW } from "./protocols/ballots.ts";
export type { FreeResources, Heartbeat } from "./protocols/heartbeats.ts";
export { heartbeats } from "./protocols/heartbeats.ts";
export type { Introduction } from "./protocols/introductions.ts";
export { introductions } from "./protocols/introductions.ts";
export type { OfferAnswer } from "./protocols/offers.ts";
export { offerAnswer, offers, offerWanted, readOfferAnswer } from "./protocols/offers.ts";
export type { OrderState, OrderStatus } from "./protocols/orders.ts";
export { order, orders } from "./protocols/orders.ts";
export { KEY_REFUSALS, type KeyRefusal, privateKeys } from "./protocols/private-keys.ts";
export { privateResults } from "./protocols/private-results.ts";
export type { ProgressContext, SeatLog, SeatProgress } from "./protocols/progress.ts";
export { MAX_LOG_CHUNK, openProgress, progress, sealProgress } from "./protocols/progress.ts";
export type { PlainBody, Protocol } from "./protocols/protocol.ts";
export { defineProtocol } from "./protocols/protocol.ts";
export type { RefusalsTold, ToldRefusal } from "./protocols/refusals.ts";
export {
  MAX_REFUSAL_DETAIL,
  MAX_REFUSALS,
  refusals,
  refusalsWanted,
} from "./protocols/refusals.ts";
export { MAX_MESSAGE_BYTES } from "./wire/frames.ts";
