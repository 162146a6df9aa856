import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Hash } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { RECORDS_FILE, Records } from "../../src/records/records.ts";

const hash = (digit: string): Hash => `0x${digit.repeat(64)}`;

describe("Records", () => {
  let folder: string;
  let path: string;
  const trouble: unknown[] = [];
  const logger = { error: (entry: unknown) => void trouble.push(entry) };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "deco-records-"));
    path = join(folder, RECORDS_FILE);
    trouble.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("remember a bounded number of refusals, the newest", () => {
    const records = Records.open(path, { maxRefusals: 10, logger });
    const note = (task: Hash, detail: string) =>
      records.addRefusal({ task, round: 1, source: "market", code: "price-too-low", detail });
    note(hash("1"), "old");
    for (let i = 0; i < 1_000; i++) note(hash("2"), `${i}`);
    expect(records.refusalsOf(hash("1"))).toEqual([]);
    const kept = records.refusalsOf(hash("2"));
    expect(kept.length).toBeLessThanOrEqual(10 + 500);
    expect(kept.at(-1)).toMatchObject({ code: "price-too-low", detail: "999" });
    records.close();
  });

  it("can be read by another process while they are written", () => {
    expect(Records.openToRead(path)).toBeUndefined();
    const records = Records.open(path, { logger });
    records.intakeOff = true;
    const reader = Records.openToRead(path);
    expect(reader?.intakeOff).toBe(true);
    records.intakeOff = false;
    expect(reader?.intakeOff).toBe(false);
    reader?.close();
    records.close();
  });

  it("add up runs of one seat, and follow transactions through reorganisations", () => {
    const records = Records.open(path, { logger });
    const key = { task: hash("3"), round: 1 };
    const usage = { runs: 1, runMillis: 10, cpuMillis: 8, peakMemoryBytes: 1 };
    records.ran(key, { ...usage, energyMillijoules: 500 });
    records.ran(key, { ...usage, energyMillijoules: 700 });
    expect(records.usage()).toMatchObject([
      { key, runs: 2, runMillis: 20, cpuMillis: 16, energyMillijoules: 1_200 },
    ]);
    const gas = { id: 4, purpose: "claim", key, block: 9 } as const;
    records.addGas({ ...gas, hash: hash("a") });
    records.dropGas(4);
    records.addGas({ ...gas, hash: hash("b"), block: 10 });
    expect(records.gas()).toEqual([{ ...gas, hash: hash("b"), block: 10 }]);
    records.close();
  });

  it("never stop the daemon: what cannot be written is logged", () => {
    const records = Records.open(path, { logger });
    records.close();
    records.dropGas(1);
    expect(trouble).toMatchObject([{ code: "records-unwritable" }]);
  });
});
