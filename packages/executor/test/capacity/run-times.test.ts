import type { ProgramDocument } from "@deco-network/sdk";
import { expect, it } from "vitest";

import { longestRunMillis, RunTimes } from "../../src/capacity/run-times.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const A = hash("a");
const wasm = { limits: { wallSeconds: 30, fuel: "4000" } } as unknown as ProgramDocument;
const container = { limits: { wallSeconds: 30 } } as unknown as ProgramDocument;
const options = { expectedBps: 1_000, fuelPerSecond: 1_000 };

it("bounds a run by its time limit, or by its fuel at this machine's speed", () => {
  expect(longestRunMillis(wasm, options)).toBe(4_000n);
  expect(longestRunMillis(wasm, { fuelPerSecond: 3 })).toBe(30_000n);
  expect(longestRunMillis(container, options)).toBe(30_000n);
});

it("expects a part of the limits of what never ran here, and no more than its task's time suggests", () => {
  const times = new RunTimes(options);
  expect(times.expected(A, wasm)).toBe(400);
  expect(times.expected(A, container)).toBe(3_000);
  expect(times.expected(A, container, 1_200)).toBe(1_200);
  expect(times.expected(A, { limits: { wallSeconds: 1, fuel: "0" } } as never)).toBe(1);
});

it("expects the longest of the last eight runs, whatever else was thought", () => {
  const times = new RunTimes(options);
  times.ended(A, 900);
  expect(times.expected(A, wasm, 5)).toBe(900);
  for (let i = 0; i < 8; i++) times.ended(A, 20 + i);
  expect(times.expected(A, wasm)).toBe(27);
  times.ended(A, 99_000);
  expect(times.expected(A, wasm)).toBe(4_000);
});

it("learns from a run that was cut off only that it takes longer", () => {
  const times = new RunTimes(options);
  times.cutOff(A, wasm, 3);
  expect(times.expected(A, wasm)).toBe(400);
  times.cutOff(A, wasm, 2_000);
  expect(times.expected(A, wasm)).toBe(2_000);
});

it("forgets the programs that ran longest ago", () => {
  const times = new RunTimes(options);
  times.ended(A, 7);
  for (let i = 0; i < 1_000; i++) times.ended(`0x${i.toString(16).padStart(64, "0")}`, 1);
  expect(times.expected(A, wasm)).toBe(400);
});
