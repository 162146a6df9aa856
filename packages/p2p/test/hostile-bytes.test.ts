import { randomBytes } from "node:crypto";

import { multiaddr } from "@multiformats/multiaddr";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAX_MESSAGE_BYTES } from "../src/index.ts";
import { openBody, openError, openMessage, sealMessage } from "../src/message/envelope.ts";
import { heartbeats } from "../src/protocols/heartbeats.ts";
import { framesOver } from "../src/wire/frames.ts";
import { RateLimit } from "../src/wire/rate-limit.ts";
import { DOMAIN, echo, openNode, type TestNode } from "./support.ts";

const SEED = 20_260_801;
const KEY = privateKeyToAccount(`0x${"1".repeat(64)}`);

/** mulberry32: the same bytes at every run. */
function randomOf(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let server: TestNode;
let client: TestNode;
beforeAll(async () => {
  const rate = { burst: 1e6, perSecond: 1e6, maxPeers: 10 };
  [server, client] = [await openNode({ rate }), await openNode()];
  await server.messenger.serve(echo, async ({ body }) => ({ text: body.text }));
});
afterAll(async () => {
  await client.close();
  await server.close();
});

async function valid(): Promise<Uint8Array> {
  return await sealMessage(KEY, DOMAIN, {
    kind: echo.ask,
    recipient: server.messenger.address,
    sentAt: 1_000_000,
    body: { text: "hi" },
  });
}

/** Writes bytes without a frame; resolves when the node has answered or hung up. */
async function throwAt(bytes: Uint8Array): Promise<void> {
  const addresses = server.endpoints.map((endpoint) => multiaddr(endpoint));
  const stream = await client.libp2p.dialProtocol(addresses, echo.id);
  stream.send(bytes);
  const signal = AbortSignal.timeout(2_000);
  await stream.close({ signal }).catch(() => undefined);
  await framesOver(stream)
    .read(signal)
    .catch(() => undefined);
}

it("reads any bytes without failing otherwise than by name", async () => {
  const random = randomOf(SEED);
  const message = await valid();
  for (let i = 0; i < 3_000; i++) {
    const bytes = Uint8Array.from(message);
    const changes = 1 + Math.floor(random() * 4);
    for (let change = 0; change < changes; change++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    const cut = random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
    expect(() => openError(cut)).not.toThrow();
    try {
      openBody(heartbeats.askBody, openMessage(cut));
    } catch (error) {
      expect(error).toMatchObject({ code: "message-malformed" });
    }
  }
});

it("stays up whatever is thrown at it", async () => {
  const random = randomOf(SEED + 1);
  const message = await valid();
  const framed = new Uint8Array(4 + message.length);
  new DataView(framed.buffer).setUint32(0, message.length);
  framed.set(message, 4);
  const deep = new TextEncoder().encode(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
  const deepFramed = new Uint8Array(4 + deep.length);
  new DataView(deepFramed.buffer).setUint32(0, deep.length);
  deepFramed.set(deep, 4);
  const throws: Uint8Array[] = [
    new Uint8Array(),
    new Uint8Array([0]),
    new Uint8Array([0xff, 0xff, 0xff, 0xff, 1]),
    new Uint8Array([0, 1, 0, 1]),
    framed.subarray(0, 50),
    deepFramed,
    randomBytes(3 * MAX_MESSAGE_BYTES),
  ];
  for (let i = 0; i < 60; i++) {
    const bytes = Uint8Array.from(framed);
    for (let change = 0; change < 3; change++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    throws.push(bytes);
  }
  for (let i = 0; i < throws.length; i += 4) {
    await Promise.all(throws.slice(i, i + 4).map(throwAt));
  }
  const to = { endpoints: server.endpoints };
  const { body } = await client.messenger.ask(echo, to, { text: "still there" });
  expect(body.text).toBe("still there");
});

it("forgets the peers that were silent for longest", () => {
  const limit = new RateLimit({ burst: 1, perSecond: 1, maxPeers: 2 });
  expect(limit.take("a", 0)).toBe(true);
  expect(limit.take("a", 500)).toBe(false);
  expect(limit.take("a", 1_100)).toBe(true);
  expect(limit.take("b", 1_100)).toBe(true);
  expect(limit.take("c", 1_100)).toBe(true);
  expect(limit.take("b", 1_200)).toBe(false);
  expect(limit.take("a", 1_200)).toBe(true);
});
