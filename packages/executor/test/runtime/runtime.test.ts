import { describe, expect, it } from "vitest";

import { Closers } from "../../src/runtime/closers.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { sleep } from "../../src/runtime/sleep.ts";
import { Slots } from "../../src/runtime/slots.ts";
import { supervise } from "../../src/runtime/supervise.ts";
import { Wakeup } from "../../src/runtime/wakeup.ts";

const never = new AbortController().signal;

describe("sleep", () => {
  it("ends by time or by its signal", async () => {
    await sleep(1, never);
    await expect(sleep(60_000, AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    const controller = new AbortController();
    const slept = sleep(60_000, controller.signal);
    controller.abort();
    await expect(slept).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("Slots", () => {
  it("runs so many at once, in order, and frees the slot of one that fails", async () => {
    const slots = new Slots(2);
    const log: string[] = [];
    const gates = ["a", "b", "c"].map((name) => {
      const gate = Promise.withResolvers<void>();
      const work = async () => {
        log.push(name);
        await gate.promise;
      };
      return { gate, done: slots.use(work, never) };
    });
    await expect.poll(() => log).toEqual(["a", "b"]);
    gates[1]?.gate.reject(new RangeError("b"));
    await expect(gates[1]?.done).rejects.toThrow("b");
    gates[0]?.gate.resolve();
    gates[2]?.gate.resolve();
    await Promise.all([gates[0]?.done, gates[2]?.done]);
    expect(log).toEqual(["a", "b", "c"]);
  });

  it("lets a waiting one give up without losing a slot", async () => {
    const slots = new Slots(1);
    const gate = Promise.withResolvers<void>();
    const first = slots.use(() => gate.promise, never);
    const controller = new AbortController();
    const second = slots.use(async () => "never", controller.signal);
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted" });
    gate.resolve();
    await first;
    expect(await slots.use(async () => "third", never)).toBe("third");
  });
});

describe("Wakeup", () => {
  it("does not miss what happened since the mark", async () => {
    const wakeup = new Wakeup();
    const mark = wakeup.mark();
    wakeup.wake();
    await wakeup.wait(mark, never);
    const waiting = wakeup.wait(wakeup.mark(), never);
    wakeup.wake();
    await waiting;
    await wakeup.wait(wakeup.mark(), never, 1);
    await wakeup.wait(wakeup.mark(), AbortSignal.abort());
  });
});

describe("supervise", () => {
  it("starts a crashed service again until it is told to stop", async () => {
    const controller = new AbortController();
    let starts = 0;
    const service = {
      name: "crashing",
      async run() {
        starts++;
        if (starts === 2) controller.abort();
        throw new RangeError("crash");
      },
    };
    await supervise(service, createLogger("silent"), controller.signal);
    expect(starts).toBe(2);
  });
});

describe("Closers", () => {
  it("closes in reverse, and goes on after a failure", async () => {
    const closers = new Closers();
    const log: number[] = [];
    closers.add(() => void log.push(1));
    closers.add(() => Promise.reject(new RangeError("2")));
    closers.add(() => void log.push(3));
    expect(await closers.closeAll()).toHaveLength(1);
    expect(log).toEqual([3, 1]);
    expect(await closers.closeAll()).toEqual([]);
  });
});
