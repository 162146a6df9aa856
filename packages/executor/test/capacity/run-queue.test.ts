import type { Need } from "@deco-network/sdk/capacity";
import { describe, expect, it } from "vitest";
import { MOST_PASSED, nextRun, type Rank, UNHURRIED } from "../../src/capacity/next-run.ts";
import type { Resources } from "../../src/capacity/resources.ts";
import { RunQueue } from "../../src/capacity/run-queue.ts";
import { random } from "../support/random.ts";

const never = new AbortController().signal;
const MACHINE: Resources = {
  ...{ slots: 4, cpuMillis: 4_000, memoryBytes: 100, diskBytes: 100 },
  accelerators: [{ name: "gpu", devices: ["gpu-0"] }],
};
const needOf = (more: Partial<Need> = {}): Need => ({
  ...{ cpuMillis: 1_000, memoryBytes: 1, diskBytes: 0, accelerators: [] },
  ...more,
});
const seat = (deadline: number, perSecond = 0): Rank => ({ class: "seat", deadline, perSecond });

/** A queue whose runs end when the test says so. */
function started(machine = MACHINE) {
  const queue = new RunQueue(machine);
  const log: string[] = [];
  const start = (name: string, need: Partial<Need> = {}, rank?: Rank, signal = never) => {
    const gate = Promise.withResolvers<void>();
    const work = async () => {
      log.push(name);
      await gate.promise;
    };
    const done = queue.use({ need: needOf(need), rank }, work, signal);
    const end = async () => {
      gate.resolve();
      await done;
    };
    return { done, end, fail: gate.reject };
  };
  return { queue, log, start };
}

describe("RunQueue", () => {
  it("begins in the order of asking what is equally urgent, and frees what a failed run held", async () => {
    const { queue, log, start } = started({ ...MACHINE, slots: 2 });
    const [a, b, c] = [start("a"), start("b"), start("c")];
    await expect.poll(() => log).toEqual(["a", "b"]);
    expect(queue.waiting).toBe(1);
    b.fail(new RangeError("b"));
    await expect(b.done).rejects.toThrow("b");
    await a.end();
    await c.end();
    expect(log).toEqual(["a", "b", "c"]);
    expect(queue.free).toEqual(queue.whole);
  });

  it.each([
    ["memory", { memoryBytes: 60 }, { memoryBytes: 41 }],
    ["processors", { cpuMillis: 3_000 }, { cpuMillis: 1_001 }],
    ["disk", { diskBytes: 60 }, { diskBytes: 41 }],
    ["accelerators", ...Array(2).fill({ accelerators: [{ name: "gpu", count: 1 }] })],
  ])("holds back what does not fit by its %s, though slots are free", async (_, first, second) => {
    const { log, start } = started();
    const [one, two] = [start("one", first), start("two", second)];
    await expect.poll(() => log).toEqual(["one"]);
    await one.end();
    await expect.poll(() => log).toEqual(["one", "two"]);
    await two.end();
  });

  it("lets small runs use what a large one cannot, but not for ever", async () => {
    const { log, start } = started();
    const first = start("first", { memoryBytes: 60 });
    const large = start("large", { memoryBytes: 90 });
    for (let i = 0; i < MOST_PASSED; i++) await start(`small ${i}`).end();
    const late = start("late");
    await expect.poll(() => log.length).toBe(1 + MOST_PASSED);
    expect(log).not.toContain("late");
    await first.end();
    await expect.poll(() => log.slice(-2)).toEqual(["large", "late"]);
    await large.end();
    await late.end();
  });

  it("begins duties first, then the earliest deadline, then the best paid", async () => {
    const { log, start } = started({ ...MACHINE, slots: 1 });
    const running = start("running");
    const others = [
      start("spare", {}, UNHURRIED),
      start("late", {}, seat(900)),
      start("soon", {}, seat(500)),
      start("soon, better paid", {}, seat(500, 2)),
      start("duty", {}, { class: "duty", deadline: 999, perSecond: 0 }),
    ];
    await running.end();
    for (const each of [4, 3, 2, 1, 0]) await others[each]?.end();
    expect(log.slice(1)).toEqual(["duty", "soon, better paid", "soon", "late", "spare"]);
  });

  it("starts what waited behind one that gave up", async () => {
    const { queue, log, start } = started();
    const stop = new AbortController();
    const one = start("one", { memoryBytes: 60 });
    const gone = start("gone", { memoryBytes: 90 }, undefined, stop.signal);
    for (let i = 0; i < MOST_PASSED; i++) await start("passing").end();
    const small = start("small");
    stop.abort();
    await expect(gone.done).rejects.toMatchObject({ code: "aborted" });
    await expect.poll(() => log.at(-1)).toBe("small");
    await one.end();
    await small.end();
    expect(queue.free).toEqual(queue.whole);
    await expect(start("x", {}, undefined, AbortSignal.abort()).done).rejects.toMatchObject({
      code: "aborted",
    });
  });

  it("counts disk that is held for longer than a run, and does not make runs wait for ever", async () => {
    const { queue, log, start } = started();
    const give = queue.hold(90);
    expect(queue.free.diskBytes).toBe(10);
    const run = start("run", { diskBytes: 20 });
    expect(queue.waiting).toBe(1);
    const more = queue.hold(50);
    expect(queue.free.diskBytes).toBe(0);
    more();
    give();
    give();
    await expect.poll(() => log).toEqual(["run"]);
    expect(queue.free.diskBytes).toBe(80);
    await run.end();
  });

  it("says what could never begin", () => {
    const { queue } = started();
    expect(queue.onIdleMachine(needOf({ memoryBytes: 101 }))).toMatchObject({ of: "memory" });
    expect(queue.onIdleMachine(needOf()).kind).toBe("placed");
  });
});

describe("the next run", () => {
  const SEED = Number(process.env["DECO_SEED"] ?? 11);

  it(`of any that wait is the most urgent that fits, as long as nobody is overdue (DECO_SEED=${SEED})`, () => {
    const upTo = random(SEED);
    for (let trial = 0; trial < 2_000; trial++) {
      const waiting = Array.from({ length: upTo(9) }, () => ({
        ...{ need: needOf({ memoryBytes: 1 + upTo(120) }), passed: upTo(MOST_PASSED) },
        rank: anyRank(upTo),
      }));
      const found = nextRun(MACHINE, waiting);
      const fitting = waiting.filter(({ need }) => need.memoryBytes <= MACHINE.memoryBytes);
      expect(found !== undefined).toBe(fitting.length > 0);
      const chosen = found && waiting[found.index];
      if (!chosen) continue;
      expect(chosen.need.memoryBytes).toBeLessThanOrEqual(MACHINE.memoryBytes);
      for (const other of fitting) expect(isBefore(other.rank, chosen.rank)).toBe(false);
    }
  });

  it(`is at last everybody's turn, whatever keeps coming (DECO_SEED=${SEED})`, async () => {
    const upTo = random(SEED + 1);
    for (let trial = 0; trial < 20; trial++) {
      const { queue, log, start } = started();
      const running: { end(): Promise<void> }[] = [];
      const ends: (Promise<void> | undefined)[] = [];
      for (let i = 0; i < 3; i++) running.push(start(`first ${i}`, { memoryBytes: 30 }));
      // Least urgent and as large as the machine: everything else would go before it.
      const patient = start("patient", { memoryBytes: 100, cpuMillis: 4_000 }, UNHURRIED);
      let began = 0;
      while (!log.includes("patient")) {
        running.push(start("other", { memoryBytes: 1 + upTo(30) }, seat(upTo(1_000))));
        // Runs end, in no order.
        const open = running.filter((_, index) => index < log.length);
        const [ended] = running.splice(upTo(Math.min(open.length, 3)), 1);
        ends.push(ended?.end());
        await new Promise((resolve) => setImmediate(resolve));
        expect(++began, "runs that came before").toBeLessThan(10 * MOST_PASSED);
      }
      const others = log.indexOf("patient") - 3;
      expect(others).toBeLessThanOrEqual(MOST_PASSED);
      await patient.end();
      await Promise.all([...ends, ...running.map((run) => run.end())]);
      expect(queue.free).toEqual(queue.whole);
    }
  });
});

const CLASSES = ["duty", "seat", "spare"] as const;

function anyRank(upTo: (bound: number) => number): Rank {
  const kind = CLASSES[upTo(3)] ?? "seat";
  return { class: kind, deadline: upTo(4), perSecond: upTo(3) };
}

function isBefore(a: Rank, b: Rank): boolean {
  const [one, other] = [CLASSES.indexOf(a.class), CLASSES.indexOf(b.class)];
  if (one !== other) return one < other;
  if (a.deadline !== b.deadline) return a.deadline < b.deadline;
  return a.perSecond > b.perSecond;
}
