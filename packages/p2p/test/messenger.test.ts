import { encodeDocument } from "@deco-network/sdk";
import { multiaddr } from "@multiformats/multiaddr";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";

import { isP2pError, MAX_MESSAGE_BYTES, P2pError } from "../src/index.ts";
import { openError, sealMessage } from "../src/message/envelope.ts";
import { framesOver } from "../src/wire/frames.ts";
import { DOMAIN, echo, openNode, type TestNode } from "./support.ts";

const opened: TestNode[] = [];
afterEach(async () => {
  for (const node of opened.splice(0)) await node.close();
});

async function node(options?: Parameters<typeof openNode>[0]): Promise<TestNode> {
  const made = await openNode(options);
  opened.push(made);
  return made;
}

async function echoing(options?: Parameters<typeof openNode>[0]): Promise<TestNode> {
  const server = await node(options);
  await server.messenger.serve(echo, async ({ body }) => ({ text: body.text.toUpperCase() }));
  return server;
}

/** Sends bytes as they are; resolves to what comes back. */
async function sendRaw(from: TestNode, to: TestNode, bytes: Uint8Array): Promise<Uint8Array> {
  const addresses = to.endpoints.map((endpoint) => multiaddr(endpoint));
  const stream = await from.libp2p.dialProtocol(addresses, echo.id);
  const signal = AbortSignal.timeout(5_000);
  const frames = framesOver(stream);
  await frames.write(bytes, signal);
  const answer = await frames.read(signal);
  await stream.close({ signal });
  return answer;
}

async function codeOf(answer: Promise<Uint8Array>): Promise<string | undefined> {
  return openError(await answer)?.code;
}

const failure = (code: string, remote: boolean) => expect.objectContaining({ code, remote });
const stranger = privateKeyToAccount(generatePrivateKey());

describe("asking", () => {
  it("brings a signed answer, over TCP and WebSocket", async () => {
    const client = await node();
    for (const listen of [["/ip4/127.0.0.1/tcp/0"], ["/ip4/127.0.0.1/tcp/0/ws"]]) {
      const server = await echoing({ listen });
      const { address } = server.messenger;
      const { endpoints } = server;
      const answer = await client.messenger.ask(echo, { endpoints, address }, { text: "hi" });
      expect(answer).toEqual({ sender: address.toLowerCase(), body: { text: "HI" } });
      const unnamed = await client.messenger.ask(echo, { endpoints }, { text: "who" });
      expect(unnamed.sender).toBe(address.toLowerCase());
    }
  });

  it("carries messages up to the limit and refuses larger ones before they are sent", async () => {
    const [client, server] = [await node(), await echoing()];
    const long = "x".repeat(60_000);
    const to = { endpoints: server.endpoints };
    const { body } = await client.messenger.ask(echo, to, { text: long });
    expect(body.text).toHaveLength(60_000);
    const larger = client.messenger.ask(echo, to, { text: "x".repeat(MAX_MESSAGE_BYTES) });
    await expect(larger).rejects.toEqual(failure("message-too-large", false));
  });

  it("ends by timeout, by its signal, and when nobody is there", async () => {
    const [client, server] = [await node(), await node()];
    await server.messenger.serve(
      echo,
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    );
    const to = { endpoints: server.endpoints };
    const late = client.messenger.ask(echo, to, { text: "?" }, { timeoutMillis: 300 });
    await expect(late).rejects.toEqual(failure("timeout", false));
    const stop = new AbortController();
    const stopped = client.messenger.ask(echo, to, { text: "?" }, { signal: stop.signal });
    stop.abort();
    await expect(stopped).rejects.toEqual(failure("aborted", false));
    const gone = await node();
    await gone.close();
    const nobody = client.messenger.ask(echo, { endpoints: gone.endpoints }, { text: "?" });
    await expect(nobody).rejects.toEqual(failure("peer-unreachable", false));
    const silent = client.messenger.ask(echo, { endpoints: client.endpoints }, { text: "?" });
    await expect(silent).rejects.toSatisfy(isP2pError);
    const nonsense = client.messenger.ask(echo, { endpoints: ["/ip4/1.2.3.4"] }, { text: "?" });
    await expect(nonsense).rejects.toEqual(failure("address-invalid", false));
  });

  it("names a protocol that the node does not speak", async () => {
    const [client, mute] = [await node(), await node()];
    const asking = client.messenger.ask(echo, { endpoints: mute.endpoints }, { text: "?" });
    await expect(asking).rejects.toEqual(failure("protocol-unsupported", false));
  });

  it("accepts the answer of the named address only", async () => {
    const [client, server] = [await node(), await echoing()];
    const to = { endpoints: server.endpoints, address: stranger.address };
    // The node refuses what is for another; one that does not would be found by its signature.
    const asking = client.messenger.ask(echo, to, { text: "?" });
    await expect(asking).rejects.toEqual(failure("message-misdirected", true));
  });
});

describe("answering", () => {
  it("tells what a handler refuses, and hides what failed inside", async () => {
    const [client, server] = [await node(), await node()];
    const seen: unknown[] = [];
    await server.messenger.serve(echo, async ({ body }) => {
      if (body.text === "secret") throw new RangeError("key 123");
      throw new P2pError("sender-refused", "Not you.");
    });
    const to = { endpoints: server.endpoints };
    const refused = client.messenger.ask(echo, to, { text: "?" });
    await expect(refused).rejects.toEqual(failure("sender-refused", true));
    await client.messenger.ask(echo, to, { text: "secret" }).catch((error) => seen.push(error));
    expect(seen).toEqual([failure("internal", true)]);
    expect(String(seen[0])).not.toContain("123");
  });

  it("limits what one peer sends, and nobody else", async () => {
    const server = await echoing({ rate: { burst: 3, perSecond: 0.001, maxPeers: 10 } });
    const [greedy, modest] = [await node(), await node()];
    const to = { endpoints: server.endpoints };
    for (let i = 0; i < 3; i++) await greedy.messenger.ask(echo, to, { text: "?" });
    const fourth = greedy.messenger.ask(echo, to, { text: "?" });
    await expect(fourth).rejects.toEqual(failure("rate-limited", true));
    await modest.messenger.ask(echo, to, { text: "?" });
  });

  it("names what is wrong with a message", async () => {
    const [client, server] = [await node(), await echoing()];
    const outgoing = {
      kind: echo.ask,
      recipient: server.messenger.address,
      sentAt: 1_000_000,
      body: { text: "hi" },
    };
    const send = async (bytes: Uint8Array) => await codeOf(sendRaw(client, server, bytes));
    const sealed = (more: Partial<typeof outgoing> = {}, domain = DOMAIN) =>
      sealMessage(stranger, domain, { ...outgoing, ...more });

    expect(await send(await sealed())).toBeUndefined();
    expect(await send(await sealed({ kind: "other" }))).toBe("message-unknown");
    expect(await send(await sealed({ sentAt: 999_000 }))).toBe("message-stale");
    expect(await send(await sealed({ recipient: stranger.address }))).toBe("message-misdirected");
    expect(await send(await sealed({ body: { text: 7 as never } }))).toBe("message-malformed");
    const elsewhere = { ...DOMAIN, chainId: 1 } as unknown as typeof DOMAIN;
    expect(await send(await sealed({}, elsewhere))).toBe("signature-invalid");
    expect(await send(new Uint8Array())).toBe("message-malformed");

    const changed = JSON.parse(new TextDecoder().decode(await sealed())) as Record<string, unknown>;
    const plain = z.record(z.string(), z.unknown());
    const forged = encodeDocument(plain, { ...changed, body: { text: "bye" } });
    expect(await send(forged)).toBe("signature-invalid");
    const spaced = new TextEncoder().encode(JSON.stringify(changed, null, 1));
    expect(await send(spaced)).toBe("message-malformed");
  });
});
