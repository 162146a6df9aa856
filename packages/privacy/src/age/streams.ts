import { Decrypter, Encrypter } from "age-encryption";

import { PrivacyError } from "../errors.ts";

/**
 * Encrypts a stream to one recipient; age works in chunks of 64 KiB, so memory stays bounded. Errors of the source
 * come out as they are.
 * @throws PrivacyError `recipient-invalid`
 */
export async function* encryptStream(
  recipient: string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new PrivacyError("recipient-invalid", "The text is no age recipient.", cause);
  }
  yield* iterate(await encrypter.encrypt(toStream(source)));
}

/**
 * Decrypts a stream. Each chunk is authentic when it is given, but only the end tells that nothing is missing: use
 * nothing before the stream has ended.
 * @throws PrivacyError `identity-invalid`, `key-wrong`, `ciphertext-invalid`; the source's own errors
 */
export async function* decryptStream(
  identity: string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity);
  } catch {
    // The cause may quote the secret.
    throw new PrivacyError("identity-invalid", "The text is no age identity.");
  }
  const watched = new Watched(source);
  try {
    yield* iterate(await decrypter.decrypt(toStream(withinHeaderBound(watched.stream))));
  } catch (error) {
    throw watched.failure?.error ?? asPrivacyError(error);
  }
}

/** Encrypts a few bytes. @throws PrivacyError `recipient-invalid` */
export async function encryptBytes(recipient: string, bytes: Uint8Array): Promise<Uint8Array> {
  return await collect(encryptStream(recipient, once(bytes)));
}

/** Decrypts a few bytes. @throws PrivacyError as {@link decryptStream} */
export async function decryptBytes(identity: string, bytes: Uint8Array): Promise<Uint8Array> {
  return await collect(decryptStream(identity, once(bytes)));
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* iterate(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Leaving early cancels the stream, which ends its source.
  for await (const chunk of stream) yield chunk;
}

/** Two recipients of the largest kind need a twentieth of it. */
const MAX_HEADER_BYTES = 65_536;
const HEADER_END = "\n--- ";

/** The library holds a header as a whole: one without an end must not fill memory. */
async function* withinHeaderBound(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const at = head.indexOf(HEADER_END);
    if (at < 0 && head.length <= MAX_HEADER_BYTES) continue;
    if (at < 0 || at > MAX_HEADER_BYTES) throw new RangeError("the header has no end");
    yield head;
    head = undefined;
  }
  // What is too short is refused as such by the library.
  if (head !== undefined) yield head;
}

/** Pulls one chunk at a time; nothing is read ahead. */
function toStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await iterator.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Tells the source's own failures from those of the ciphertext. */
class Watched {
  failure: { readonly error: unknown } | undefined;
  readonly stream: AsyncIterable<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.stream = this.#read(source);
  }

  async *#read(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

function asPrivacyError(error: unknown): PrivacyError {
  const message = error instanceof Error ? error.message : String(error);
  // The library has no codes; its one message for a header that no identity opens is this.
  if (message.includes("no identity matched")) {
    return new PrivacyError("key-wrong", "The ciphertext is for another key.", error);
  }
  return new PrivacyError("ciphertext-invalid", "The ciphertext was changed or cut off.", error);
}
