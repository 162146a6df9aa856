import type { FreeResources, Heartbeat, Received } from "@deco-network/p2p";
import { type DecoDeployment, decoMarketAbi } from "@deco-network/sdk";
import type { Need } from "@deco-network/sdk/capacity";
import {
  type Address,
  createPublicClient,
  custom,
  encodeAbiParameters,
  getAbiItem,
  zeroAddress,
} from "viem";
import { expect, it } from "vitest";

import { Directory } from "../src/providers/directory.ts";

const OPERATOR: Address = "0x00000000000000000000000000000000000a11ce";
const FREE: FreeResources = {
  ...{ tasks: 4, slots: 4, cpuMillis: 4_000, memoryBytes: 400, diskBytes: 400 },
  accelerators: [{ name: "gpu", count: 2 }],
};
const NEED: Need = {
  ...{ cpuMillis: 1_000, memoryBytes: 100, diskBytes: 100 },
  accelerators: [{ name: "gpu", count: 1 }],
};
const TAKEN_ONCE: FreeResources = {
  ...{ tasks: 3, slots: 3, cpuMillis: 3_000, memoryBytes: 300, diskBytes: 300 },
  accelerators: [{ name: "gpu", count: 1 }],
};

/** What the market answers when it is asked for a provider: one of this operator. */
function providerWords(): `0x${string}` {
  const { outputs } = getAbiItem({ abi: decoMarketAbi, name: "getProvider" });
  const blank = ({ name, type }: { readonly name: string; readonly type: string }) => {
    if (name === "owner" || name === "operator") return OPERATOR;
    if (type === "address") return zeroAddress;
    if (type === "bool") return false;
    if (type.startsWith("bytes")) return `0x${"0".repeat(2 * Number(type.slice(5)))}`;
    return Number(type.replace("uint", "")) > 48 ? 0n : 0;
  };
  const words = outputs.map(({ components }) =>
    Object.fromEntries(components.map((each) => [each.name, blank(each)])),
  );
  return encodeAbiParameters(outputs, words as never);
}

/** A directory on a chain that answers when a test lets it. */
function open() {
  const clock = { timestamp: 1_000, answer: Promise.resolve() };
  const client = createPublicClient({
    transport: custom({
      request: async () => {
        await clock.answer;
        return providerWords();
      },
    }),
  });
  const [market, token, parameters, randomness] = [
    zeroAddress,
    zeroAddress,
    zeroAddress,
    zeroAddress,
  ];
  const deployment: DecoDeployment = {
    ...{ chainId: 1, startBlock: 0, market, token, parameters, randomness },
  };
  const directory = new Directory({
    ...{ chain: { client, deployment }, forgetSeconds: 60 },
    head: () => ({ number: 1, timestamp: clock.timestamp }),
  });
  return { clock, directory };
}

const heartbeat = (more: Partial<Received<Heartbeat>> = {}): Received<Heartbeat> => ({
  ...{ sender: OPERATOR, sentAt: 1_000, peer: "peer" },
  body: { provider: 1, endpoints: ["/dns4/here"], free: FREE, engines: ["wasm"] },
  ...more,
});

it("takes what it gave from what was announced, until that is announced anew", async () => {
  const { directory } = open();
  await directory.hear(heartbeat());
  directory.give([1], NEED);
  expect(directory.left(1, FREE)).toEqual(TAKEN_ONCE);
  const second = directory.give([1], NEED);
  expect(directory.left(1, FREE)).toMatchObject({ tasks: 2, accelerators: [{ count: 0 }] });
  // Its seats were not given after all.
  second();
  expect(directory.left(1, FREE)).toEqual(TAKEN_ONCE);
  // Told again by somebody, an older one is no news.
  await directory.hear(heartbeat({ sentAt: 999 }));
  expect(directory.left(1, FREE)).toEqual(TAKEN_ONCE);
  await directory.hear(heartbeat({ sentAt: 1_001 }));
  expect(directory.left(1, FREE)).toEqual(FREE);
});

it("counts what it gives while it looks up who sent a heartbeat", async () => {
  const { clock, directory } = open();
  await directory.hear(heartbeat());
  directory.give([1], NEED);
  const looked = Promise.withResolvers<void>();
  clock.answer = looked.promise;
  const hearing = directory.hear(heartbeat({ sentAt: 1_001 }));
  directory.give([1], NEED);
  looked.resolve();
  await hearing;
  expect(directory.left(1, FREE)).toEqual(TAKEN_ONCE);
});

it("counts nothing for providers of which it knows no room, and believes only their operators", async () => {
  const { clock, directory } = open();
  directory.give([1], NEED);
  await expect(directory.hear(heartbeat({ sender: zeroAddress }))).rejects.toMatchObject({
    code: "sender-refused",
  });
  expect(directory.find(1)).toBeUndefined();
  await directory.hear(heartbeat());
  expect(directory.find(1)).toMatchObject({ announced: FREE, engines: ["wasm"] });
  expect(directory.left(1, FREE)).toEqual(FREE);
  clock.timestamp = 1_061;
  expect(directory.find(1)).toBeUndefined();
});
