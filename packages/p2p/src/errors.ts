import * as z from "zod";

/** What a node answers instead of doing what a message asks; the same names on the wire. */
export const ANSWER_ERRORS = [
  /** More than 64 KiB. */
  "message-too-large",
  /** Not the canonical JSON of a message, or with members that its kind does not have. */
  "message-malformed",
  /** A kind that this protocol does not know. */
  "message-unknown",
  /** Sent too long ago, or in the future, by the clock of the latest block. */
  "message-stale",
  /** Signed for another recipient. */
  "message-misdirected",
  /** The signature is not the sender's. */
  "signature-invalid",
  /** Too many messages of this peer in a short time. */
  "rate-limited",
  /** Too many messages of all peers at once. */
  "busy",
  /** The sender may not ask this. */
  "sender-refused",
  /** A defect of the answering node; its log says more. */
  "internal",
] as const;
export const answerErrorSchema = z.enum(ANSWER_ERRORS);
export type AnswerErrorCode = (typeof ANSWER_ERRORS)[number];

/** Stable codes of {@link P2pError}. */
export type P2pErrorCode =
  | AnswerErrorCode
  /** No connection, or one that broke before the answer. */
  | "peer-unreachable"
  /** The peer does not speak this protocol, in this version. */
  | "protocol-unsupported"
  /** No answer in time. */
  | "timeout"
  | "aborted"
  /** What came back is no answer to this message. */
  | "answer-invalid"
  | "address-invalid";

const REMEDIES: Record<P2pErrorCode, string> = {
  "message-too-large": "Send messages of at most 64 KiB.",
  "message-malformed": "Use a program of the same protocol version.",
  "message-unknown": "Use a program of the same protocol version.",
  "message-stale": "See that both nodes follow the same chain and are not behind.",
  "message-misdirected": "Ask the node that has this address.",
  "signature-invalid": "Sign with the key of the sender that the message names.",
  "rate-limited": "Ask less often.",
  busy: "Try again in a while.",
  "sender-refused": "Ask the node's operator to list this sender.",
  internal: "Tell the node's operator; its log says more.",
  "peer-unreachable": "Check that the node runs and that its address is current.",
  "protocol-unsupported": "Ask a node that offers this service, in this version.",
  timeout: "Try again, or ask another node.",
  aborted: "Ask again when it is wanted.",
  "answer-invalid": "Ask another node: this one does not answer as agreed.",
  "address-invalid": "Pass a multiaddr such as /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW….",
};

/** Why a message got no proper answer. */
export class P2pError extends Error {
  override readonly name = "P2pError";
  readonly code: P2pErrorCode;
  /** One sentence for a person: what to change or try. */
  readonly remedy: string;
  /** Whether the other node said so. */
  readonly remote: boolean;

  constructor(
    code: P2pErrorCode,
    message: string,
    details: { readonly remote?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = REMEDIES[code];
    this.remote = details.remote ?? false;
  }
}

/** Whether `error` is a {@link P2pError}, of the given code if one is given. */
export function isP2pError(error: unknown, code?: P2pErrorCode): error is P2pError {
  return error instanceof P2pError && (code === undefined || error.code === code);
}
