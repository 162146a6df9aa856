import { type Request, requestFields, type SignedTaskOffer } from "@deco-network/sdk";
import { describe, expect, it } from "vitest";

import {
  heartbeats,
  offerAnswer,
  offers,
  offerWanted,
  order,
  orders,
  readOfferAnswer,
  refusals,
  refusalsWanted,
} from "../src/index.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const request = Object.fromEntries(
  requestFields.map(({ name, type }, i) => {
    if (/^uint(96|256)$/.test(type)) return [name, 2n ** 70n + BigInt(i)];
    if (type.startsWith("uint")) return [name, i];
    return [name, `0x${"0a".repeat(type === "address" ? 20 : 32)}`];
  }),
) as unknown as Request;
/** What is left of a body after it was sent. */
const sent = (body: unknown) => JSON.parse(JSON.stringify(body)) as unknown;

describe("orders", () => {
  it("carry a request and its signature, of a key or of a contract", () => {
    for (const signature of [`0x${"AB".repeat(65)}`, `0x${"12".repeat(400)}`] as const) {
      expect(orders.askBody.parse(sent(order(request, signature)))).toEqual({
        request,
        signature: signature.toLowerCase(),
      });
    }
    expect(orders.askBody.safeParse(sent(order(request, "0x"))).success).toBe(false);
    const long = `0x${"12".repeat(1_025)}` as const;
    expect(orders.askBody.safeParse(sent(order(request, long))).success).toBe(false);
  });

  it("are answered by a state that is known", () => {
    const status = { taskId: hash("a"), state: "queued", until: 7 };
    expect(orders.answerBody.parse(status)).toEqual(status);
    expect(orders.answerBody.safeParse({ ...status, state: "lost" }).success).toBe(false);
    expect(orders.answerBody.safeParse({ ...status, reason: "<script>" }).success).toBe(false);
  });
});

describe("offers", () => {
  const offer: SignedTaskOffer = {
    offer: { taskId: hash("a"), provider: 7, price: 2n ** 90n, expiry: 2 ** 33, epoch: 3 },
    signature: `0x${"ab".repeat(65)}`,
  };

  it("come back as they were signed, or as a reason", () => {
    expect(offers.askBody.parse(sent(offerWanted(request, 2)))).toEqual({ request, round: 2 });
    for (const answer of [
      { kind: "offer", offer } as const,
      { kind: "refused", reason: "capacity-full" } as const,
    ]) {
      const body = offers.answerBody.parse(sent(offerAnswer(answer)));
      expect(readOfferAnswer(body)).toEqual(answer);
    }
  });

  it("are either an offer or a reason, of the right width", () => {
    const both = { ...offerAnswer({ kind: "offer", offer }), refused: "no" };
    expect(offers.answerBody.safeParse(sent(both)).success).toBe(false);
    const wide = { ...offer, offer: { ...offer.offer, price: 2n ** 96n } };
    const answer = sent(offerAnswer({ kind: "offer", offer: wide }));
    expect(offers.answerBody.safeParse(answer).success).toBe(false);
  });
});

describe("heartbeats", () => {
  it("are bounded in everything that a sender chooses", () => {
    const beat = {
      ...{ provider: 7, endpoints: ["/ip4/127.0.0.1/tcp/1/p2p/12D3"], engines: ["wasm"] },
      free: {
        ...{ tasks: 1, slots: 1, cpuMillis: 4_000, memoryBytes: 2 ** 40, diskBytes: 0 },
        accelerators: [
          { name: "nvidia", count: 2, memoryBytes: 2 ** 34 },
          { name: "npu", count: 0 },
        ],
      },
    };
    expect(heartbeats.askBody.parse(beat)).toEqual(beat);
    for (const wrong of [
      { provider: 0 },
      { endpoints: [] },
      { endpoints: Array(9).fill("/x") },
      { endpoints: ["x".repeat(257)] },
      { engines: ["WASM"] },
      { free: { ...beat.free, tasks: -1 } },
      { free: { ...beat.free, accelerators: [{ name: "NVIDIA", count: 1 }] } },
    ]) {
      expect(heartbeats.askBody.safeParse({ ...beat, ...wrong }).success).toBe(false);
    }
  });
});

describe("reasons", () => {
  const refusal = { round: 1, source: "market", code: "image-invalid", at: 1_700_000_000 };

  it("are bounded in everything that an executor chooses", () => {
    const told = { refusals: [{ ...refusal, detail: "layer 2" }], waiting: "input-missing" };
    expect(refusals.answerBody.parse(told)).toEqual(told);
    for (const wrong of [
      { refusals: Array(9).fill(refusal) },
      { refusals: [{ ...refusal, detail: "x".repeat(301) }] },
      { refusals: [{ ...refusal, code: "\u001b[2J" }] },
      { refusals: [{ ...refusal, source: "moon" }] },
      { refusals: [{ ...refusal, round: 0 }] },
      { waiting: "a b" },
      { more: 1 },
    ]) {
      expect(refusals.answerBody.safeParse({ ...told, ...wrong }).success).toBe(false);
    }
  });

  it("are asked for with the request, which reads as the same one", () => {
    const asked = refusals.askBody.parse(sent(refusalsWanted(request)));
    expect(asked.request).toEqual(request);
  });
});
