import type { MarketDomain } from "@deco-network/sdk";
import type { Hex } from "viem";
import * as z from "zod";

import { recipientOf } from "../age/keys.ts";
import { decryptBytes, encryptBytes } from "../age/streams.ts";
import { isPrivacyError, PrivacyError } from "../errors.ts";

/** Which seat a key is for; an envelope of another one is refused. */
export interface EnvelopeContext {
  readonly domain: MarketDomain;
  readonly taskId: Hex;
  readonly provider: number;
}

const contentSchema = z.strictObject({
  deco: z.literal("private-key/1"),
  chainId: z.int(),
  market: z.string(),
  taskId: z.string(),
  provider: z.int(),
  identity: z.string().max(200),
});

/**
 * Encrypts a task's input key to one provider. Who sends it is proven by the signed message around it.
 * @param recipient The provider's, from its metadata.
 * @throws PrivacyError `recipient-invalid`
 */
export async function sealKey(
  recipient: string,
  identity: string,
  context: EnvelopeContext,
): Promise<Uint8Array> {
  const content = { deco: "private-key/1", ...plain(context), identity };
  return await encryptBytes(recipient, Buffer.from(JSON.stringify(content)));
}

/**
 * Opens an envelope and checks that its key is for this seat and for this input.
 * @param own The provider's identity.
 * @param recipient Of the task's sealed input.
 * @returns the task's age identity
 * @throws PrivacyError `envelope-unreadable`, `envelope-foreign`, `key-wrong`, `identity-invalid`
 */
export async function openKey(
  own: string,
  envelope: Uint8Array,
  context: EnvelopeContext,
  recipient: string,
): Promise<string> {
  const { identity, ...of } = await read(own, envelope);
  const wanted = { deco: "private-key/1", ...plain(context) };
  if (Object.entries(wanted).some(([name, value]) => of[name as keyof typeof of] !== value)) {
    throw new PrivacyError("envelope-foreign", "The envelope's key is for another seat.");
  }
  if ((await recipientOf(identity)) === recipient) return identity;
  throw new PrivacyError("key-wrong", "The envelope's key does not open this task's input.");
}

async function read(own: string, envelope: Uint8Array): Promise<z.infer<typeof contentSchema>> {
  try {
    const bytes = await decryptBytes(own, envelope);
    return contentSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch (error) {
    if (isPrivacyError(error, "identity-invalid")) throw error;
    // What was inside may be quoted by the cause, and is secret.
    const detail = isPrivacyError(error) ? error.message : "It holds no key.";
    throw new PrivacyError("envelope-unreadable", `The envelope cannot be opened. ${detail}`);
  }
}

function plain({ domain, taskId, provider }: EnvelopeContext) {
  const market = domain.market.toLowerCase();
  return { chainId: domain.chainId, market, taskId: taskId.toLowerCase(), provider };
}
