import type { PublicClient } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createLogger } from "../../src/runtime/logger.ts";
import { IntakeGate } from "../../src/services/intake-gate.ts";
import { dayOf, Purse } from "../../src/transactions/purse.ts";
import { IDENTITY, temporaryJournal } from "../support/temporary-journal.ts";

const DAY = 86_400;
const GWEI = 1_000_000_000n;
const KEY = { task: `0x${"11".repeat(32)}`, round: 1 } as const;

describe("the purse", () => {
  let place: ReturnType<typeof temporaryJournal>;
  let gate: IntakeGate;
  let balance = 0n;

  beforeEach(() => {
    place = temporaryJournal();
    gate = new IntakeGate();
  });
  afterEach(() => place.remove());

  /** One gwei per gas on this chain. */
  const client = {
    getBlock: async () => ({ baseFeePerGas: 0n }),
    estimateMaxPriorityFeePerGas: async () => GWEI,
    getBalance: async () => balance,
  } as unknown as PublicClient;

  function purse(maxPerDay?: bigint) {
    return new Purse({
      ...{ client, gate, journal: place.journal, logger: createLogger("silent"), maxPerDay },
      ...{ operator: IDENTITY.operator as `0x${string}`, maxFeePerGas: 100n * GWEI },
      seatGas: 900_000,
    });
  }

  const head = (timestamp: number) => ({ number: 1, hash: "0x", parent: "0x", timestamp }) as const;

  /** A transaction that became final on a day. */
  function spend(day: number, wei: bigint) {
    const { journal } = place;
    const [id = 0] = journal.record({
      ...{ kind: "transaction-queued", purpose: "describe", to: "0x00", data: "0x" },
    });
    const hash = `0x${id.toString(16).padStart(64, "0")}` as const;
    const fees = { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };
    journal.record(
      { kind: "transaction-signed", id, nonce: id, hash, raw: "0x", gas: 1n, ...fees, block: 1 },
      {
        ...{ kind: "transaction-included", id, hash, block: 1, blockHash: hash },
        ...{ success: true, gasUsed: 1n },
      },
      { kind: "transaction-finalized", id, cost: { day, wei } },
    );
  }

  it("closes the intake at the day's limit, opens it with the next day, and only claims wait", () => {
    const today = purse(1_000n);
    const noon = 10 * DAY + DAY / 2;
    today.onHead(head(noon));
    spend(dayOf(noon), 999n);
    today.onHead(head(noon));
    expect(gate.open).toBe(true);
    spend(dayOf(noon), 1n);
    expect(today.refuses("claim")).toBe("spending-limit");
    expect(gate.reasons).toEqual(["spending-limit"]);
    for (const purpose of ["commit", "reveal", "settle", "expire", "decline"] as const) {
      expect(today.refuses(purpose)).toBeUndefined();
    }
    expect(today.status).toMatchObject({ spentToday: 1_000n, maxPerDay: 1_000n });
    today.onHead(head(11 * DAY));
    expect(gate.open).toBe(true);
    expect(today.status.spentToday).toBe(0n);
  });

  it("counts what is under way at what it may cost", () => {
    const today = purse(1_000n);
    const [id = 0] = place.journal.record({
      ...{ kind: "transaction-queued", purpose: "settle", to: "0x00", data: "0x" },
    });
    place.journal.record({
      ...{ kind: "transaction-signed", id, nonce: 0, hash: "0xaa", raw: "0x", block: 1 },
      ...{ gas: 10n, maxFeePerGas: 100n, maxPriorityFeePerGas: 1n },
    });
    today.onHead(head(DAY));
    expect(gate.reasons).toEqual(["spending-limit"]);
  });

  it("remembers what was spent when the executor starts again", () => {
    spend(3, 5n);
    spend(3, 6n);
    const later = purse();
    later.onHead(head(3 * DAY));
    expect(later.status.spentToday).toBe(11n);
  });

  it("closes the intake when the balance cannot end what is held, and one seat more", async () => {
    balance = 10n ** 15n;
    const poor = purse();
    await poor.look();
    const one = poor.status.needed ?? 0n;
    expect(gate.open).toBe(true);
    balance = one + 1n;
    place.journal.record(
      { kind: "assignment-opened", key: KEY, request: "0x", postedBlock: 1 },
      { kind: "assignment-moved", key: KEY, from: "discovered", to: "seated" },
    );
    await poor.look();
    expect(poor.status.needed).toBe(2n * one);
    expect(gate.reasons).toEqual(["balance-low"]);
    expect(poor.refuses("claim")).toBe("balance-low");
    // No lock depends on either.
    expect(poor.refuses("checkpoint")).toBe("balance-low");
    expect(poor.refuses("commit")).toBeUndefined();
    balance = 2n * one;
    await poor.look();
    expect(gate.open).toBe(true);
  });
});
