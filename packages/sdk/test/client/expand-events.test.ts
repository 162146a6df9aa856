import {
  encodeAbiParameters,
  type Hex,
  keccak256,
  type Log,
  pad,
  toEventHash,
  toHex,
  zeroHash,
} from "viem";
import { describe, expect, test } from "vitest";
import { eventsNamed, parseMarketLogs } from "../../src/client/market-events.ts";
import { bagResultOf } from "../../src/digests/bag-tree.ts";
import { tagOf } from "../../src/digests/vote.ts";
import { decoMarketAbi } from "../../src/generated/abis/deco-market.ts";

const market = "0x00000000000000000000000000000000000000aa";
const word = (text: string) => keccak256(toHex(text));
const taskId = word("task");

/** A log of the market as a node returns it. */
function logOf(
  name: "OrderHeld" | "OrderPosted" | "TaskAgreed" | "TaskFolded" | "TaskProven",
  indexed: Hex[],
  values: readonly unknown[],
): Log {
  const event = decoMarketAbi.find((entry) => entry.type === "event" && entry.name === name);
  if (event?.type !== "event") throw new RangeError(name);
  const inputs = event.inputs.filter((input) => !input.indexed);
  return {
    address: market,
    topics: [toEventHash(event), ...indexed],
    data: encodeAbiParameters(inputs, values as never),
    ...{ blockNumber: 7n, blockHash: word("block"), logIndex: 3, transactionIndex: 0 },
    ...{ transactionHash: word("transaction"), removed: false, blockTimestamp: undefined },
  } as Log;
}

function agreed(root: Hex): Log {
  const seats = [4n | (11n << 32n) | (2n << 40n) | (1_000n << 56n), 9n | (100n << 32n)];
  const salts = [word("salt 4"), word("salt 9")];
  const settler = "0x00000000000000000000000000000000000000bb";
  return logOf(
    "TaskAgreed",
    [taskId, word("result")],
    [word("digest"), root, 30n, 77n, settler, seats, salts, "0x1234"],
  );
}

describe("events that tell several things at once", () => {
  test("an agreement reads as reveals, ends of seats and a settlement", () => {
    const events = parseMarketLogs(market, [agreed(`0x${"00".repeat(32)}`)]);
    expect(events.map(({ eventName }) => eventName)).toEqual([
      ...["Revealed", "Revealed", "SeatEnded", "SeatEnded", "TaskSettled", "TaskAgreed"],
    ]);
    const tag = tagOf(taskId, 1, word("digest"));
    expect(eventsNamed(events, "Revealed").map(({ args }) => args)).toEqual([
      { taskId, provider: 4, tag, salt: word("salt 4") },
      { taskId, provider: 9, tag, salt: word("salt 9") },
    ]);
    expect(eventsNamed(events, "SeatEnded").map(({ args }) => args)).toEqual([
      { taskId, provider: 4, outcome: 1, paid: 1_000n, slashed: 0n, trust: 11, debt: 2 },
      { taskId, provider: 9, outcome: 1, paid: 0n, slashed: 0n, trust: 100, debt: 0 },
    ]);
    expect(eventsNamed(events, "TaskSettled")[0]).toMatchObject({
      ...{ blockNumber: 7n, logIndex: 3, transactionHash: word("transaction") },
      args: { taskId, result: word("result"), weight: 30n, total: 30n, refund: 77n },
    });
  });

  test("a bag's agreement reveals the tag of root and manifest", () => {
    const events = parseMarketLogs(market, [agreed(word("root"))]);
    const tag = tagOf(taskId, 1, bagResultOf(word("root"), word("digest")));
    expect(eventsNamed(events, "Revealed")[0]?.args.tag).toBe(tag);
  });

  const policy = "0x00000000000000000000000000000000000000cc";
  const settler = "0x00000000000000000000000000000000000000bb";
  const proven = (ended: bigint, root: Hex) =>
    parseMarketLogs(market, [
      logOf(
        "TaskProven",
        [taskId, pad(policy), pad("0x04")],
        [word("digest"), root, ended, 77n, settler, "0x1234"],
      ),
    ]);

  test("a proof for a seat reads as the seat's end, the proof and a settlement", () => {
    const ended = 4n | (11n << 32n) | (2n << 40n) | (1_000n << 56n);
    const events = proven(ended, zeroHash);
    expect(events.map(({ eventName }) => eventName)).toEqual([
      ...["SeatEnded", "ResultProven", "TaskSettled", "TaskProven"],
    ]);
    expect(events[0]?.args).toEqual({
      ...{ taskId, provider: 4, outcome: 1, paid: 1_000n, slashed: 0n, trust: 11, debt: 2 },
    });
    expect(events[1]?.args).toMatchObject({ taskId, provider: 4, paid: 1_000n, bounty: 0n });
    expect(events[2]).toMatchObject({
      ...{ blockNumber: 7n, logIndex: 3 },
      args: { taskId, result: word("digest"), weight: 0n, total: 0n, refund: 77n },
    });
  });

  test("a proof without a seat reads as a round of none, the proof and a settlement", () => {
    const events = proven(4n | (1_000n << 56n), word("root"));
    expect(events.map(({ eventName }) => eventName)).toEqual([
      ...["RoundOpened", "ResultProven", "TaskSettled", "TaskProven"],
    ]);
    expect(events[0]?.args).toEqual({ taskId, round: 1, seats: 0, seedBlock: 0 });
    expect(eventsNamed(events, "TaskSettled")[0]?.args.result).toBe(
      bagResultOf(word("root"), word("digest")),
    );
  });

  test.each(["OrderPosted", "OrderHeld"] as const)("%s reads as the post of a request", (name) => {
    const account = "0x00000000000000000000000000000000000000dd";
    const terms = {
      ...{ nonce: 5n, expiry: 99, input: word("input"), volume: 1, token: policy, price: 123n },
      ...{ policy, policyData: word("data"), programOwner: settler, programBps: 7 },
      ...{ dataOwner: account, dataBps: 8 },
    };
    const conditions = { lock: 1n, commitWindow: 2, revealWindow: 3 };
    const values = name === "OrderHeld" ? [terms, conditions, 77n] : [terms];
    const topics = [taskId, pad(account), word("program")] as const;
    const [posted, told] = parseMarketLogs(market, [logOf(name, [...topics], values)]);
    expect(told?.eventName).toBe(name);
    const { price, ...named } = terms;
    const order = { ...named, minPrice: price, maxPrice: price, replicas: 0 };
    const held = name === "OrderHeld" ? conditions : { lock: 0n, commitWindow: 0, revealWindow: 0 };
    expect(posted).toMatchObject({
      ...{ eventName: "TaskPosted", blockNumber: 7n, logIndex: 3 },
      args: { taskId, program: word("program"), request: { ...order, ...held } },
    });
  });

  test("a fold reads as a round and its seats", () => {
    const task = (2n << 13n) | (1n << 4n) | 2n | (123n << 181n);
    const seat = 1n | (1n << 4n) | (55n << 8n) | (9n << 24n);
    const log = logOf("TaskFolded", [taskId], [task, 0n, [4, 9], [seat, seat]]);
    const events = parseMarketLogs(market, [log]);
    expect(events.map(({ eventName }) => eventName)).toEqual([
      ...["RoundOpened", "SeatAssigned", "SeatAssigned", "TaskFolded"],
    ]);
    expect(events[0]?.args).toEqual({ taskId, round: 1, seats: 2, seedBlock: 123 });
    expect(events[2]?.args).toMatchObject({
      ...{ provider: 9, round: 1, trust: 55, early: false, priceFraction: 9 },
    });
  });
});
