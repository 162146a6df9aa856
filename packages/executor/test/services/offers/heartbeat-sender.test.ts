import type { FreeResources } from "@deco-network/p2p";
import { zeroAddress } from "viem";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Resources } from "../../../src/capacity/resources.ts";
import {
  type HeartbeatOptions,
  HeartbeatSender,
} from "../../../src/services/offers/heartbeat-sender.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An executor with heartbeats every 15 s, whose room a test changes. */
function start() {
  const heard: FreeResources[] = [];
  const state = {
    open: true,
    occupied: 1,
    spare: {
      ...{ slots: 2, cpuMillis: 2_000, memoryBytes: 9, diskBytes: 8 },
      accelerators: [{ name: "gpu", memoryBytes: 7, devices: ["a", "b"] }],
    } as Resources,
  };
  const stop = new AbortController();
  const sender = new HeartbeatSender({
    config: {
      allocators: [{ address: zeroAddress, endpoints: ["/dns4/allocator"] }],
      ...{ capacity: { tasks: 3 }, offers: { heartbeatMillis: 15_000 } },
    } as unknown as HeartbeatOptions["config"],
    ...{ provider: 1, endpoints: [], runner: { engines: ["wasm"] } },
    messenger: {
      ask: async (_protocol: unknown, _to: unknown, body: { free: FreeResources }) => {
        heard.push(body.free);
      },
    } as unknown as HeartbeatOptions["messenger"],
    backlog: { spare: () => state.spare },
    book: { occupied: () => state.occupied },
    gate: {
      get open() {
        return state.open;
      },
    },
    logger: { debug: () => undefined },
  });
  const running = sender.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
  };
  return { heard, state, end };
}

it("tells what is spare, devices by their number, at every interval", async () => {
  const { heard, end } = start();
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual([
    {
      ...{ tasks: 2, slots: 2, cpuMillis: 2_000, memoryBytes: 9, diskBytes: 8 },
      accelerators: [{ name: "gpu", count: 2, memoryBytes: 7 }],
    },
  ]);
  await vi.advanceTimersByTimeAsync(14_999);
  expect(heard).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(heard).toHaveLength(2);
  await end();
});

it("tells within a second what is so no more, and is silent while no seats are taken", async () => {
  const { heard, state, end } = start();
  await vi.advanceTimersByTimeAsync(2_500);
  state.spare = { ...state.spare, slots: 1 };
  state.occupied = 2;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heard.at(-1)).toMatchObject({ tasks: 1, slots: 1 });
  expect(heard).toHaveLength(2);
  state.open = false;
  state.occupied = 3;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toHaveLength(2);
  await end();
});
