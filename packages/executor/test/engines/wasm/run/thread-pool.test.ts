import { describe, expect, onTestFinished, test } from "vitest";

import type { GuestThread } from "../../../../src/engines/wasm/run/guest-thread.ts";
import { ThreadPool } from "../../../../src/engines/wasm/run/thread-pool.ts";
import { assemble, program } from "../support/assemble.ts";
import { NEVER } from "../support/prepared.ts";

const STACK_MIB = 16;
const LIMITS = {
  ...{ fuel: 10n ** 12n, stackUnits: 10_000, memoryBytes: 2 ** 22 },
  ...{ outputBytes: 0, stdoutBytes: 0 },
};

/** A thread that takes requests, ended with the test. */
async function taken(pool: ThreadPool, stackMib = STACK_MIB): Promise<GuestThread> {
  const thread = await pool.take(stackMib, NEVER);
  if (thread === undefined) return expect.unreachable("no thread");
  onTestFinished(() => thread.terminate());
  return thread;
}

describe("ThreadPool", () => {
  test("a thread that answered serves the next module, one at a time", async () => {
    const pool = new ThreadPool();
    const first = await taken(pool);
    first.request({ kind: "compile", bytes: await assemble(program("")), limits: LIMITS });
    expect(await first.wait(60_000, NEVER)).toMatchObject({ reply: { kind: "compiled" } });
    pool.give(first);
    expect(await taken(pool)).toBe(first);
    expect(await taken(pool)).not.toBe(first);
  });

  test("a thread with another stack, or one that was ended, is not used again", async () => {
    const pool = new ThreadPool();
    const small = await taken(pool);
    pool.give(small);
    expect(await taken(pool, STACK_MIB + 1)).not.toBe(small);
    await small.terminate();
    expect(await taken(pool)).not.toBe(small);
  });

  test("no more threads than usually run at once stay when they have nothing to do", async () => {
    const pool = new ThreadPool();
    const threads: GuestThread[] = [];
    for (let count = 0; count < 5; count++) threads.push(await taken(pool));
    for (const thread of threads) pool.give(thread);
    await expect.poll(() => threads.filter(({ ended }) => ended).length).toBe(1);
  });

  test("takes none when it is told to stop", async () => {
    const reason = new RangeError("stop");
    await expect(new ThreadPool().take(STACK_MIB, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
