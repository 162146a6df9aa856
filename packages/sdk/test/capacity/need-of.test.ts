import { expect, it } from "vitest";

import { memoryReservation, needOf } from "../../src/capacity/need-of.ts";
import type { ProgramDocument } from "../../src/documents/program.ts";

const MIB = 2 ** 20;

function programOf(engine: string, limits: object): ProgramDocument {
  return { deco: "program/1", engine, limits } as unknown as ProgramDocument;
}

it("counts what the wasm host holds beside the guest's memory", () => {
  const limits = { memoryBytes: 16 * MIB, outputBytes: 4 * MIB, stdoutBytes: MIB };
  const program = programOf("wasm", limits);
  expect(memoryReservation({ program, inputBytes: 2 * MIB })).toBe(23 * MIB);
  const items = new Uint8Array(64);
  expect(memoryReservation({ program, inputBytes: 0, items })).toBe(22 * MIB);
  // The next checkpoint is written beside the current one.
  const checkpoint = { intervalSeconds: 1, bytes: 3 * MIB };
  const keeping = { ...program, checkpoint } as ProgramDocument;
  expect(memoryReservation({ program: keeping, inputBytes: 0 })).toBe(27 * MIB);
});

it("counts a container's outputs and scratch files, which live in memory", () => {
  const limits = {
    ...{ memoryBytes: 64 * MIB, outputBytes: 4 * MIB, stdoutBytes: MIB, diskBytes: 8 * MIB },
    ...{ wallSeconds: 1, cpuMillis: 1_000, pids: 1 },
  };
  // Outputs take whole pages: 4,096 entries may each waste one.
  const expected = (64 + 4 + 16 + 8) * MIB;
  const program = programOf("oci", limits);
  expect(memoryReservation({ program, inputBytes: 100 * MIB })).toBe(expected);
  const checkpoint = { intervalSeconds: 1, bytes: 3 * MIB };
  const keeping = { ...program, checkpoint } as ProgramDocument;
  const kept = expected + 6 * MIB + 64 * 4_096;
  expect(memoryReservation({ program: keeping, inputBytes: 0 })).toBe(kept);
});

it("takes a core for programs that name no processors, and what containers ask for", () => {
  const limits = { memoryBytes: MIB, outputBytes: 3, stdoutBytes: 2, diskBytes: 7 };
  const machine = { cpuMillis: 4_000 };
  const module = programOf("wasm", limits);
  expect(needOf({ program: module }, machine)).toEqual({
    ...{ cpuMillis: 1_000, memoryBytes: MIB + 5, diskBytes: 5, accelerators: [] },
  });
  // A machine that gives less than a core still runs modules.
  expect(needOf({ program: module }, { cpuMillis: 500 }).cpuMillis).toBe(500);
  const accelerators = [{ name: "nvidia", count: 2, memoryBytes: 2 ** 34 }];
  const container = { ...programOf("oci", { ...limits, cpuMillis: 8_000 }), accelerators };
  const need = needOf({ program: container as ProgramDocument }, machine);
  // It is refused, not slowed down: its time limit was chosen for that many cores.
  expect(need).toMatchObject({ cpuMillis: 8_000, accelerators });
});

it("counts on disk what a run leaves in files, its two checkpoints included", () => {
  const limits = { memoryBytes: MIB, outputBytes: 3, stdoutBytes: 2 };
  const checkpoint = { intervalSeconds: 1, bytes: 10 };
  const program = { ...programOf("wasm", limits), checkpoint } as ProgramDocument;
  expect(needOf({ program }, { cpuMillis: 1_000 }).diskBytes).toBe(25);
});
