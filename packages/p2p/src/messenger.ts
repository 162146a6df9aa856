import { documentDigest, type MarketDomain } from "@deco-network/sdk";
import type { Connection, Libp2p, Stream } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { type Address, type Hex, isAddressEqual, zeroAddress, zeroHash } from "viem";
import type * as z from "zod";

import { isP2pError, P2pError } from "./errors.ts";
import {
  checkSignature,
  type Envelope,
  type MessageSigner,
  openBody,
  openError,
  openMessage,
  sealError,
  sealMessage,
} from "./message/envelope.ts";
import type { PlainBody, Protocol } from "./protocols/protocol.ts";
import { framesOver } from "./wire/frames.ts";
import { RateLimit, type RateLimitOptions } from "./wire/rate-limit.ts";

/** What messages need of a libp2p node; any `Libp2p` has it. */
export type MessageHost = Pick<Libp2p, "handle" | "unhandle" | "dialProtocol">;

export interface MessengerOptions {
  /** The node; shared with whatever else runs on it, and not stopped by `close`. */
  readonly host: MessageHost;
  readonly signer: MessageSigner;
  readonly domain: MarketDomain;
  /** Second of the latest block: the clock that both sides share. */
  readonly now: () => number;
  /** Default: 30 at once, then 10 a second, for each of the last 1,024 peers. */
  readonly rate?: RateLimitOptions;
  readonly onEvent?: (event: MessengerEvent) => void;
}

/** What an operator may want to log or count; errors thrown are ignored. */
export type MessengerEvent =
  | { readonly type: "answered"; readonly protocol: string; readonly sender: Address }
  | { readonly type: "refused"; readonly protocol: string; readonly error: P2pError }
  | { readonly type: "handler-failed"; readonly protocol: string; readonly error: unknown };

/** A message that was checked: form, freshness, recipient, signature. */
export interface Received<Body> {
  readonly sender: Address;
  readonly sentAt: number;
  readonly body: Body;
  /** Peer id of the connection; says nothing about who signed. */
  readonly peer: string;
}

/** Answers one message. May throw a {@link P2pError}, which is told to the asking node. */
export type MessageHandler<Ask extends z.ZodType> = (
  message: Received<z.output<Ask>>,
  signal: AbortSignal,
) => Promise<PlainBody>;

/** Whom to ask. */
export interface Recipient {
  /** Multiaddrs with `/p2p/<peer id>`, all of one node. */
  readonly endpoints: readonly string[];
  /** Whose answer is wanted; absent: whoever is there, as an introduction tells. */
  readonly address?: Address;
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Connection and answer together; default 10,000 ms. */
  readonly timeoutMillis?: number;
}

export interface Answer<Body> {
  readonly sender: Address;
  readonly body: Body;
}

const DEFAULT_RATE: RateLimitOptions = { burst: 30, perSecond: 10, maxPeers: 1_024 };
const ASK_TIMEOUT_MILLIS = 10_000;
/** An answer may need fetched content; a peer must not hold a stream for ever. */
const ANSWER_TIMEOUT_MILLIS = 60_000;
/** A message is small: who sends or takes it slower than this holds a stream for nothing. */
const READ_TIMEOUT_MILLIS = 10_000;
/** Messages of all peers that are answered at the same time. */
const MAX_OPEN = 64;
const MAX_STREAMS_PER_CONNECTION = 8;
/** Two nodes may be some blocks apart. */
const MAX_SKEW_SECONDS = 120;

/**
 * Asks and answers signed messages over a libp2p node. Who signed a message is what counts; over
 * which connection it came decides only how many messages are taken.
 */
export class Messenger {
  readonly #options: MessengerOptions;
  readonly #rate: RateLimit;
  readonly #served = new Set<string>();
  readonly #closed = new AbortController();
  readonly #open = new Set<Promise<void>>();

  constructor(options: MessengerOptions) {
    this.#options = options;
    this.#rate = new RateLimit(options.rate ?? DEFAULT_RATE);
  }

  get address(): Address {
    return this.#options.signer.address;
  }

  /** Answers a protocol's messages until `close`. */
  async serve<Ask extends z.ZodType>(
    protocol: Protocol<Ask, z.ZodType>,
    handler: MessageHandler<Ask>,
  ): Promise<void> {
    const onStream = (stream: Stream, connection: Connection) => {
      const answering = this.#answer(protocol, handler, stream, connection.remotePeer.toString());
      this.#open.add(answering);
      void answering.finally(() => this.#open.delete(answering));
    };
    this.#served.add(protocol.id);
    await this.#options.host.handle(protocol.id, onStream, {
      maxInboundStreams: MAX_STREAMS_PER_CONNECTION,
    });
  }

  /**
   * Asks one question.
   * @param body Plain JSON that the protocol's schema reads.
   * @throws P2pError `peer-unreachable`, `protocol-unsupported`, `timeout`, `aborted`,
   *   `answer-invalid`, `address-invalid`, or what the other node answered
   */
  async ask<Reply extends z.ZodType>(
    protocol: Protocol<z.ZodType, Reply>,
    to: Recipient,
    body: PlainBody,
    options: AskOptions = {},
  ): Promise<Answer<z.output<Reply>>> {
    const { signer, domain, now } = this.#options;
    const timeout = AbortSignal.timeout(options.timeoutMillis ?? ASK_TIMEOUT_MILLIS);
    const wanted = options.signal
      ? AbortSignal.any([options.signal, this.#closed.signal])
      : this.#closed.signal;
    const message = await sealMessage(signer, domain, {
      ...{ kind: protocol.ask, sentAt: now(), body },
      recipient: to.address ?? zeroAddress,
    });
    try {
      const bytes = await this.#exchange(
        protocol.id,
        to,
        message,
        AbortSignal.any([timeout, wanted]),
      );
      return await this.#readAnswer(protocol, to, documentDigest(message), bytes);
    } catch (error) {
      if (wanted.aborted)
        throw new P2pError("aborted", "Asking was interrupted.", { cause: error });
      if (timeout.aborted && !isP2pError(error)) {
        throw new P2pError("timeout", "The node did not answer in time.", { cause: error });
      }
      throw error;
    }
  }

  /** Ends serving and asking; what is being answered is waited for. Idempotent. */
  async close(): Promise<void> {
    this.#closed.abort();
    const { host } = this.#options;
    for (const protocol of this.#served) await host.unhandle(protocol);
    this.#served.clear();
    await Promise.allSettled(this.#open);
  }

  async #exchange(
    protocol: string,
    { endpoints }: Recipient,
    message: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const addresses = parseAddresses(endpoints);
    let stream: Stream;
    try {
      stream = await this.#options.host.dialProtocol(addresses, protocol, { signal });
    } catch (cause) {
      if (signal.aborted) throw cause;
      const unsupported = cause instanceof Error && cause.name === "UnsupportedProtocolError";
      throw new P2pError(
        unsupported ? "protocol-unsupported" : "peer-unreachable",
        unsupported ? `The node does not speak ${protocol}.` : `No connection to ${endpoints[0]}.`,
        { cause },
      );
    }
    try {
      const frames = framesOver(stream);
      await frames.write(message, signal);
      const answer = await frames.read(signal);
      await stream.close({ signal });
      return answer;
    } catch (cause) {
      stream.abort(cause instanceof Error ? cause : new P2pError("aborted", "Given up."));
      if (signal.aborted || isP2pError(cause)) throw cause;
      throw new P2pError("peer-unreachable", "The connection broke before the answer.", { cause });
    }
  }

  async #readAnswer<Reply extends z.ZodType>(
    protocol: Protocol<z.ZodType, Reply>,
    to: Recipient,
    asked: Hex,
    bytes: Uint8Array,
  ): Promise<Answer<z.output<Reply>>> {
    const { domain, signer } = this.#options;
    const refused = openError(bytes);
    if (refused) throw refused;
    try {
      const envelope = openMessage(bytes);
      const { kind, sender, recipient, inReplyTo } = envelope;
      if (kind !== protocol.answer || inReplyTo !== asked)
        throw invalid("It answers something else.");
      if (!isAddressEqual(recipient, signer.address)) throw invalid("It is for somebody else.");
      if (to.address && !isAddressEqual(sender, to.address)) {
        throw invalid(`${sender} answered instead of ${to.address}.`);
      }
      const body = openBody(protocol.answerBody, envelope);
      await checkSignature(domain, envelope);
      return { sender, body };
    } catch (cause) {
      if (isP2pError(cause, "answer-invalid")) throw cause;
      throw invalid(cause instanceof Error ? cause.message : "It cannot be read.", cause);
    }
  }

  /** Never throws: whatever a peer sends ends with an answer or a closed stream. */
  async #answer<Ask extends z.ZodType>(
    protocol: Protocol<Ask, z.ZodType>,
    handler: MessageHandler<Ask>,
    stream: Stream,
    peer: string,
  ): Promise<void> {
    const signal = AbortSignal.any([
      this.#closed.signal,
      AbortSignal.timeout(ANSWER_TIMEOUT_MILLIS),
    ]);
    try {
      const frames = framesOver(stream);
      let answer: Uint8Array;
      try {
        if (!this.#rate.take(peer, performance.now())) {
          throw new P2pError("rate-limited", "Too many messages in a short time.");
        }
        if (this.#open.size > MAX_OPEN) throw new P2pError("busy", "Too many messages at once.");
        const reading = AbortSignal.any([signal, AbortSignal.timeout(READ_TIMEOUT_MILLIS)]);
        const bytes = await frames.read(reading);
        answer = await this.#answerTo(protocol, handler, bytes, peer, signal);
      } catch (error) {
        if (!isP2pError(error)) throw error;
        this.#tell({ type: "refused", protocol: protocol.id, error });
        answer = sealError(error);
      }
      const leaving = AbortSignal.any([signal, AbortSignal.timeout(READ_TIMEOUT_MILLIS)]);
      await frames.write(answer, leaving);
      await stream.close({ signal: leaving });
    } catch (error) {
      // The peer went away, or took too long.
      stream.abort(error instanceof Error ? error : new P2pError("internal", "Given up."));
    }
  }

  async #answerTo<Ask extends z.ZodType>(
    protocol: Protocol<Ask, z.ZodType>,
    handler: MessageHandler<Ask>,
    bytes: Uint8Array,
    peer: string,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { domain, signer, now } = this.#options;
    const envelope = openMessage(bytes);
    this.#checkHeader(protocol, envelope);
    const body = openBody(protocol.askBody, envelope);
    await checkSignature(domain, envelope);
    const { sender, sentAt } = envelope;
    let answer: PlainBody;
    try {
      answer = await handler({ sender, sentAt, body, peer }, signal);
    } catch (error) {
      if (isP2pError(error)) throw error;
      this.#tell({ type: "handler-failed", protocol: protocol.id, error });
      throw new P2pError("internal", "The node failed.", { cause: error });
    }
    this.#tell({ type: "answered", protocol: protocol.id, sender });
    return await sealMessage(signer, domain, {
      ...{ kind: protocol.answer, recipient: sender, sentAt: now(), body: answer },
      inReplyTo: documentDigest(bytes),
    });
  }

  #checkHeader(protocol: Protocol, { kind, recipient, sentAt, inReplyTo }: Envelope): void {
    const { signer, now } = this.#options;
    if (kind !== protocol.ask || inReplyTo !== zeroHash) {
      throw new P2pError("message-unknown", `${protocol.id} has no message ${kind}.`);
    }
    if (!isAddressEqual(recipient, zeroAddress) && !isAddressEqual(recipient, signer.address)) {
      throw new P2pError(
        "message-misdirected",
        `This node is ${signer.address}, not ${recipient}.`,
      );
    }
    const skew = Math.abs(sentAt - now());
    if (skew <= MAX_SKEW_SECONDS) return;
    throw new P2pError("message-stale", `The message is ${skew} s from the latest block.`);
  }

  #tell(event: MessengerEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch {
      // Documented: errors thrown by the callback are ignored.
    }
  }
}

function parseAddresses(endpoints: readonly string[]) {
  try {
    const addresses = endpoints.map((endpoint) => multiaddr(endpoint));
    if (addresses.every((address) => address.getComponents().at(-1)?.name === "p2p")) {
      if (addresses.length > 0) return addresses;
    }
  } catch (cause) {
    throw new P2pError("address-invalid", `Not the address of a node: ${endpoints.join(", ")}`, {
      cause,
    });
  }
  throw new P2pError("address-invalid", `Not the address of a node: ${endpoints.join(", ")}`);
}

function invalid(message: string, cause?: unknown): P2pError {
  return new P2pError("answer-invalid", `The answer cannot be used. ${message}`, { cause });
}
