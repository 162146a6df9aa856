import { describe, expect, onTestFinished, test } from "vitest";
import { GuestThread, threadStackMib } from "../../../../src/engines/wasm/run/guest-thread.ts";
import { assemble, program } from "../support/assemble.ts";
import { NEVER } from "../support/prepared.ts";

const WAIT_MILLIS = 60_000;

const LIMITS = {
  ...{ fuel: 10n ** 12n, stackUnits: 10_000, memoryBytes: 2 ** 22 },
  ...{ outputBytes: 0, stdoutBytes: 0 },
};

function started(...args: ConstructorParameters<typeof GuestThread>): GuestThread {
  const thread = new GuestThread(...args);
  onTestFinished(() => thread.terminate());
  return thread;
}

describe("a thread that fails", () => {
  const script = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

  test.each([
    ["throws", "setTimeout(() => { throw new RangeError('broken'); });"],
    ["exits", "process.exit(3);"],
    [
      "uses up its heap",
      "const all = []; for (;;) all.push(new Array(1e6).fill(all.length + 0.5));",
    ],
    ["rejects", "Promise.reject(new TypeError('unheard'));"],
  ])("since its code %s is reported and harms nobody", async (_what, code) => {
    const thread = started(8, script(code));
    expect(await thread.wait(WAIT_MILLIS, NEVER)).toMatchObject({ kind: "crashed" });
    const next = started(threadStackMib(10_000));
    expect(await next.wait(WAIT_MILLIS, NEVER)).toMatchObject({ reply: { kind: "started" } });
    next.request({ kind: "compile", bytes: await assemble(program("")), limits: LIMITS });
    expect(await next.wait(WAIT_MILLIS, NEVER)).toMatchObject({ reply: { kind: "compiled" } });
  });

  test("is noticed when it ended while nobody waited", async () => {
    const code = `import { parentPort } from "node:worker_threads";
      parentPort.postMessage({ kind: "started" });`;
    const thread = started(8, script(code));
    expect(await thread.wait(WAIT_MILLIS, NEVER)).toMatchObject({ kind: "reply" });
    await expect.poll(() => thread.ended).toBe(true);
    thread.request({ kind: "compile", bytes: new Uint8Array(), limits: LIMITS });
    expect(await thread.wait(WAIT_MILLIS, NEVER)).toMatchObject({ kind: "crashed" });
  });

  test("a thread sees no environment of the process", async () => {
    const code = `import { parentPort } from "node:worker_threads";
      parentPort.postMessage({ kind: "host-failed", detail: JSON.stringify(process.env) });`;
    const thread = started(8, script(code));
    expect(await thread.wait(WAIT_MILLIS, NEVER)).toEqual({
      kind: "reply",
      reply: { kind: "host-failed", detail: "{}" },
    });
  });
});
