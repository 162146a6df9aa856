import type { ProgramDocument } from "@deco-network/sdk";
import { expect, it } from "vitest";

import { memoryReservation } from "../../src/services/memory-reservation.ts";

const MIB = 2 ** 20;
const input = { deco: "input/1" } as const;

function programOf(engine: string, limits: object): ProgramDocument {
  return { deco: "program/1", engine, limits } as unknown as ProgramDocument;
}

it("counts what the wasm host holds beside the guest's memory", () => {
  const limits = { memoryBytes: 16 * MIB, outputBytes: 4 * MIB, stdoutBytes: MIB };
  const program = programOf("wasm", limits);
  expect(memoryReservation({ program, input, inputBytes: 2 * MIB })).toBe(23 * MIB);
  const items = new Uint8Array(64);
  expect(memoryReservation({ program, input, inputBytes: 0, items })).toBe(22 * MIB);
  // The next checkpoint is written beside the current one.
  const checkpoint = { intervalSeconds: 1, bytes: 3 * MIB };
  const keeping = { ...program, checkpoint } as ProgramDocument;
  expect(memoryReservation({ program: keeping, input, inputBytes: 0 })).toBe(27 * MIB);
});

it("counts a container's outputs and scratch files, which live in memory", () => {
  const limits = {
    ...{ memoryBytes: 64 * MIB, outputBytes: 4 * MIB, stdoutBytes: MIB, diskBytes: 8 * MIB },
    ...{ wallSeconds: 1, cpuMillis: 1_000, pids: 1 },
  };
  // Outputs take whole pages: 4,096 entries may each waste one.
  const expected = (64 + 4 + 16 + 8) * MIB;
  const program = programOf("oci", limits);
  expect(memoryReservation({ program, input, inputBytes: 100 * MIB })).toBe(expected);
  const checkpoint = { intervalSeconds: 1, bytes: 3 * MIB };
  const keeping = { ...program, checkpoint } as ProgramDocument;
  const kept = expected + 6 * MIB + 64 * 4_096;
  expect(memoryReservation({ program: keeping, input, inputBytes: 0 })).toBe(kept);
});
