import {
  decodeDocument,
  documentDigest,
  encodeDocument,
  type MarketDomain,
} from "@deco-network/sdk";
import { type Address, type Hex, isAddressEqual, recoverTypedDataAddress, zeroHash } from "viem";
import type { LocalAccount } from "viem/accounts";
import * as z from "zod";

import { answerErrorSchema, P2pError } from "../errors.ts";
import { hexAddress, hexBytes32, hexKeySignature, lower, seconds } from "./fields.ts";
import { messageDomain, messageTypes } from "./typed-data.ts";

/** The key that messages are signed with. */
export type MessageSigner = Pick<LocalAccount, "address" | "signTypedData">;

const envelopeSchema = z.strictObject({
  deco: z.literal("message/1"),
  kind: z.string().regex(/^[a-z][a-z-]{0,31}$/),
  sender: hexAddress,
  /** Zero when the sender does not know yet whom it asks. */
  recipient: hexAddress,
  /** Second of the latest block that the sender knew. */
  sentAt: seconds,
  /** SHA-256 of the message that this one answers; zero in one that asks. */
  inReplyTo: hexBytes32,
  body: z.record(z.string(), z.unknown()),
  signature: hexKeySignature,
});

/** A message whose form is right and whose signature is not yet checked. */
export type Envelope = z.output<typeof envelopeSchema>;

/** Says that nothing was done. Not signed: answering rubbish must cost less than sending it. */
const errorSchema = z.strictObject({
  deco: z.literal("error/1"),
  code: answerErrorSchema,
  detail: z.string().max(500),
});

export interface Outgoing {
  readonly kind: string;
  readonly recipient: Address;
  readonly sentAt: number;
  readonly inReplyTo?: Hex;
  /** Plain JSON: no `bigint`, no `undefined`. */
  readonly body: Record<string, unknown>;
}

/** The bytes of a signed message. */
export async function sealMessage(
  signer: MessageSigner,
  domain: MarketDomain,
  outgoing: Outgoing,
): Promise<Uint8Array> {
  const { kind, recipient, sentAt, inReplyTo = zeroHash, body } = outgoing;
  const signature = await signer.signTypedData({
    domain: messageDomain(domain),
    types: messageTypes,
    primaryType: "Message",
    message: {
      ...{ kind, sender: signer.address, recipient, sentAt, inReplyTo },
      body: digestOfBody(body),
    },
  });
  return encodeDocument(envelopeSchema, {
    deco: "message/1",
    ...{ kind, sentAt, inReplyTo, body, signature },
    sender: lower(signer.address),
    recipient: lower(recipient),
  });
}

/** The bytes that answer what cannot be answered otherwise. */
export function sealError(error: P2pError): Uint8Array {
  const code = answerErrorSchema.safeParse(error.code).data ?? "internal";
  const detail = code === "internal" ? "" : error.message.slice(0, 500).toWellFormed();
  return encodeDocument(errorSchema, { deco: "error/1", code, detail });
}

/**
 * Reads a message's form; {@link checkSignature} is still to be called.
 * @throws P2pError `message-malformed`
 */
export function openMessage(bytes: Uint8Array): Envelope {
  try {
    return decodeDocument(envelopeSchema, bytes);
  } catch (cause) {
    throw malformed("The bytes are not a message in canonical form.", cause);
  }
}

/** The error that a node answered with, if these bytes are one. */
export function openError(bytes: Uint8Array): P2pError | undefined {
  try {
    const { code, detail } = decodeDocument(errorSchema, bytes);
    return new P2pError(code, detail || `The node answered ${code}.`, { remote: true });
  } catch {
    return undefined;
  }
}

/**
 * Reads what a kind of message says.
 * @throws P2pError `message-malformed`
 */
export function openBody<Schema extends z.ZodType>(
  schema: Schema,
  { body }: Envelope,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(`body.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not as agreed"}`);
}

/** @throws P2pError `signature-invalid` */
export async function checkSignature(domain: MarketDomain, envelope: Envelope): Promise<void> {
  const { kind, sender, recipient, sentAt, inReplyTo, body, signature } = envelope;
  let signer: Address | undefined;
  try {
    signer = await recoverTypedDataAddress({
      domain: messageDomain(domain),
      types: messageTypes,
      primaryType: "Message",
      message: { kind, sender, recipient, sentAt, inReplyTo, body: digestOfBody(body) },
      signature,
    });
  } catch {
    // Points off the curve and the like: nobody's signature.
  }
  if (signer !== undefined && isAddressEqual(signer, sender)) return;
  throw new P2pError("signature-invalid", `The message is not signed by ${sender}.`);
}

const plainSchema = z.record(z.string(), z.unknown());

function digestOfBody(body: Record<string, unknown>): Hex {
  return documentDigest(encodeDocument(plainSchema, body));
}

function malformed(message: string, cause?: unknown): P2pError {
  return new P2pError("message-malformed", message, { cause });
}
