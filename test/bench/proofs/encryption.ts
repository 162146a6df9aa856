import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ReadableStream as NodeStream } from "node:stream/web";
import {
  decryptStream,
  encryptStream,
  type KeyKind,
  type KeyPair,
  makeKeyPair,
  openInput,
  sealInput,
} from "@deco-network/privacy";
import { hashFile } from "@deco-network/storage";
import { Decrypter, Encrypter } from "age-encryption";

import { type Figure, median, timed } from "../figures.ts";

const MIB = 2 ** 20;
const SIZE = 64;
const RUNS = 5;
/** What age encrypts at a time. */
const CHUNK = 65_536;
const never = new AbortController().signal;

/** Throughput of private inputs: the stream beside the age library and beside the bare cipher, and the whole of sealing and opening. */
export async function encryption(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "deco-bench-"));
  try {
    const plain = await makePlain(folder);
    const figures: Figure[] = [];
    for (const kind of ["x25519", "post-quantum"] as const) {
      figures.push(...(await streams(kind)), ...(await inputs(kind, plain, folder)));
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each way to do the same in turns, so that whatever else the machine does strikes all of them. */
async function streams(kind: KeyKind): Promise<Figure[]> {
  const keys = await makeKeyPair(kind);
  const block = randomBytes(MIB);
  const ciphertext = await collected(encryptStream(keys.recipient, repeated(block)));
  const chacha = sealChunks(block);
  const millis = { seal: [] as number[], open: [] as number[] };
  const bare = { seal: [] as number[], open: [] as number[] };
  const cipher = { seal: [] as number[], open: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    millis.seal.push(await timed(() => drained(encryptStream(keys.recipient, repeated(block)))));
    bare.seal.push(await timed(() => ageAlone(keys, block)));
    cipher.seal.push(await timed(async () => sealChunks(block)));
    millis.open.push(await timed(() => drained(decryptStream(keys.identity, parts(ciphertext)))));
    bare.open.push(await timed(() => openAlone(keys, ciphertext)));
    cipher.open.push(await timed(async () => openChunks(chacha)));
  }
  const of = (what: string) => `${SIZE} MiB in memory, ${RUNS} runs in turns; ${what}`;
  return (["seal", "open"] as const).flatMap((way): Figure[] => {
    const [ours, age, alone] = [median(millis[way]), median(bare[way]), median(cipher[way])];
    const name = `${way}, ${kind}`;
    return [
      { name, value: throughput(ours), unit: "MiB/s", of: of("a stream of the privacy package") },
      {
        ...{ name: `${name}: over age`, value: ours / age, unit: "ratio" },
        of: `age alone: ${throughput(age).toFixed(0)} MiB/s`,
      },
      {
        ...{ name: `${name}: over cipher`, value: ours / alone, unit: "ratio" },
        of: `ChaCha20-Poly1305 of OpenSSL by chunks: ${throughput(alone).toFixed(0)} MiB/s`,
      },
    ];
  });
}

/** A folder's way to a file of ciphertext, and back to a verified folder. */
async function inputs(kind: KeyKind, plain: string, folder: string): Promise<Figure[]> {
  const sealed: number[] = [];
  const opened: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const path = join(folder, "input.age");
    const started = performance.now();
    const sealing = await sealInput({ folder: plain, kind });
    await pipeline(sealing.ciphertext, createWriteStream(path));
    const document = sealing.describe(await hashFile(path));
    sealed.push(performance.now() - started);
    const target = join(folder, "opened");
    const source = createReadStream(path);
    opened.push(await timed(() => openInput(document, sealing.keys.input, source, target, never)));
    await rm(target, { recursive: true });
  }
  const of = `${SIZE} MiB folder, ${RUNS} runs; archive, digests and disk included`;
  return [
    { name: `input sealed, ${kind}`, value: throughput(median(sealed)), unit: "MiB/s", of },
    { name: `input opened, ${kind}`, value: throughput(median(opened)), unit: "MiB/s", of },
  ];
}

function throughput(millis: number): number {
  return (SIZE * 1_000) / millis;
}

async function makePlain(folder: string): Promise<string> {
  const plain = join(folder, "plain");
  await mkdir(plain);
  const file = await open(join(plain, "large"), "w");
  for (let written = 0; written < SIZE; written++) await file.write(randomBytes(MIB));
  await file.close();
  return plain;
}

async function* repeated(block: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let given = 0; given < SIZE; given++) yield block;
}

async function* parts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += MIB) yield bytes.subarray(at, at + MIB);
}

async function drained(source: AsyncIterable<Uint8Array>): Promise<void> {
  let bytes = 0;
  for await (const part of source) bytes += part.length;
  if (bytes < SIZE * MIB) throw new RangeError(`Only ${bytes} bytes came out.`);
}

async function collected(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of source) all.push(part);
  return Buffer.concat(all);
}

/** The same class under both names; only the types of the global one lack `from`. */
function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return NodeStream.from(source) as unknown as ReadableStream<Uint8Array>;
}

async function ageAlone({ recipient }: KeyPair, block: Uint8Array): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  await drained(await encrypter.encrypt(streamOf(repeated(block))));
}

async function openAlone({ identity }: KeyPair, ciphertext: Uint8Array): Promise<void> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  await drained(await decrypter.decrypt(streamOf(parts(ciphertext))));
}

const ALGORITHM = "chacha20-poly1305";
const TAG = { authTagLength: 16 } as const;

/** What age does to the payload, and no more: each chunk under its number. */
interface Chunks {
  readonly key: Uint8Array;
  readonly sealed: readonly { readonly text: Buffer; readonly tag: Buffer }[];
}

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  return nonce;
}

function sealChunks(block: Uint8Array): Chunks {
  const key = randomBytes(32);
  const sealed = Array.from({ length: (SIZE * MIB) / CHUNK }, (_, index) => {
    const at = (index * CHUNK) % MIB;
    const cipher = createCipheriv(ALGORITHM, key, nonceOf(index), TAG);
    const text = cipher.update(block.subarray(at, at + CHUNK));
    cipher.final();
    return { text, tag: cipher.getAuthTag() };
  });
  return { key, sealed };
}

function openChunks({ key, sealed }: Chunks): void {
  for (const [index, { text, tag }] of sealed.entries()) {
    const decipher = createDecipheriv(ALGORITHM, key, nonceOf(index), TAG);
    decipher.setAuthTag(tag);
    decipher.update(text);
    decipher.final();
  }
}
