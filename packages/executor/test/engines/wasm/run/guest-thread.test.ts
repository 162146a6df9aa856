import { describe, expect, onTestFinished, test } from "vitest";
import {
  GuestThread,
  type ThreadEvent,
  threadStackMib,
} from "../../../../src/engines/wasm/run/guest-thread.ts";
import type { WorkerData } from "../../../../src/engines/wasm/run/messages.ts";
import { assemble } from "../support/assemble.ts";
import { NEVER } from "../support/prepared.ts";

const UNITS = 200_000;
const WAIT_MILLIS = 60_000;

function workerData(bytes: Uint8Array): WorkerData {
  return {
    module: { kind: "bytes", bytes },
    task: {
      moduleDigest: new Uint8Array(32),
      args: [],
      environment: {},
      input: { buffer: new SharedArrayBuffer(0), files: [] },
      limits: {
        fuel: 10n ** 12n,
        stackUnits: UNITS,
        memoryBytes: 2 ** 22,
        outputBytes: 0,
        stdoutBytes: 0,
      },
    },
  };
}

function started(...args: ConstructorParameters<typeof GuestThread>): GuestThread {
  const thread = new GuestThread(...args);
  onTestFinished(() => thread.terminate());
  return thread;
}

/** How two runs in one thread end: the second meets code that was optimised in the first. */
async function endings(bytes: Uint8Array, stackMib: number): Promise<string[]> {
  const thread = started(workerData(bytes), stackMib);
  await thread.wait(WAIT_MILLIS, NEVER);
  const ends: string[] = [];
  for (let round = 0; round < 2; round++) {
    thread.request({ outputFolder: "/nowhere" });
    ends.push(describeEnd(await thread.wait(WAIT_MILLIS, NEVER)));
  }
  return ends;
}

function describeEnd(event: ThreadEvent): string {
  if (event.kind !== "reply") return event.kind;
  const { reply } = event;
  if (reply.kind !== "finished") return reply.kind;
  return `${reply.outcome.fault} after ${reply.outcome.fuelUsed}`;
}

/** Recurses without end, first often and shallow so that the function gets optimised. */
function recursion(shape: {
  readonly locals?: string;
  readonly before?: string;
  readonly after?: string;
}): string {
  return `(module (memory (export "memory") 1)
    (func $f (param i32) (result i32) ${shape.locals ?? ""}
      (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
      ${shape.before ?? ""}
      (drop (call $f (i32.sub (local.get 0) (i32.const 1))))
      ${shape.after ?? ""}
      (i32.const 0))
    (func (export "_start") (local $i i32)
      (loop $warm
        (drop (call $f (i32.const 3)))
        (br_if $warm (i32.lt_u
          (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5000))))
      (drop (call $f (i32.const -1)))))`;
}

const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join(" ");

const PARAMETERS = 60;

/** Functions that try to make the machine's frames larger than what they are charged for. */
const DEEP: readonly (readonly [string, string])[] = [
  ["a small frame", recursion({})],
  [
    "many locals that live across the call",
    recursion({
      locals: `(local ${"i64 ".repeat(900)})`,
      before: times(900, (i) => `(local.set ${i + 1} (i64.load (i32.const ${i * 8})))`),
      after: times(900, (i) => `(i64.store (i32.const ${i * 8}) (local.get ${i + 1}))`),
    }),
  ],
  [
    "a common subexpression for each instruction",
    recursion({
      before: times(1_500, (i) => `(i32.store (i32.const ${i * 4}) (i32.mul (local.get 0) (i32.const ${i * 7 + 3})))`),
      after: times(1_500, (i) => `(i32.store (i32.const ${i * 4}) (i32.mul (local.get 0) (i32.const ${i * 7 + 3})))`),
    }),
  ],
  [
    "operands that wait for the call",
    `(module (memory (export "memory") 1)
      (func $f (result i64)
        ${times(500, (i) => `(i64.load (i32.const ${i * 8}))`)}
        (call $f)
        ${times(500, () => "(i64.xor)")})
      (func (export "_start") (drop (call $f))))`,
  ],
  [
    "many parameters",
    `(module (memory (export "memory") 1)
      (func $f (param ${"i64 ".repeat(PARAMETERS)}) (result i64)
        (i64.add (local.get 5) (call $f
          ${times(PARAMETERS, (i) => `(i64.add (i64.const ${i + 1}) (local.get ${i}))`)})))
      (func (export "_start") (drop (call $f ${times(PARAMETERS, (i) => `(i64.const ${i})`)}))))`,
  ],
  [
    "indirect calls",
    `(module (memory (export "memory") 1) (table 1 funcref) (elem (i32.const 0) $f)
      (func $f (call_indirect (i32.const 0)))
      (func (export "_start") (call $f)))`,
  ],
];

describe("the depth limit", () => {
  test.each(DEEP)("is met before the native stack's, with %s", async (_what, text) => {
    const bytes = await assemble(text);
    const [first, second] = await endings(bytes, threadStackMib(UNITS));
    expect(first).toMatch(/^depth after \d+$/);
    expect(second).toBe(first);
    expect(await endings(bytes, 4 * threadStackMib(UNITS))).toEqual([first, first]);
  });

  test("a native stack that is too small never becomes a result", async () => {
    const bytes = await assemble(recursion({}));
    expect(await endings(bytes, 1)).toEqual(["host-failed", "host-failed"]);
  });
});

describe("a thread that fails", () => {
  const script = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

  test.each([
    ["throws", "setTimeout(() => { throw new RangeError('broken'); });"],
    ["exits", "process.exit(3);"],
    ["uses up its heap", "const all = []; for (;;) all.push(new Array(1e6).fill(all.length + 0.5));"],
    ["rejects", "Promise.reject(new TypeError('unheard'));"],
  ])("since its code %s is reported and harms nobody", async (_what, code) => {
    const thread = started(workerData(new Uint8Array()), 8, script(code));
    expect(await thread.wait(WAIT_MILLIS, NEVER)).toMatchObject({ kind: "crashed" });
    const next = started(workerData(await assemble(recursion({}))), threadStackMib(UNITS));
    expect(await next.wait(WAIT_MILLIS, NEVER)).toMatchObject({ reply: { kind: "ready" } });
  });

  test("a thread sees no environment of the process", async () => {
    const code = `import { parentPort } from "node:worker_threads";
      parentPort.postMessage({ kind: "host-failed", detail: JSON.stringify(process.env) });`;
    const thread = started(workerData(new Uint8Array()), 8, script(code));
    expect(await thread.wait(WAIT_MILLIS, NEVER)).toEqual({
      kind: "reply",
      reply: { kind: "host-failed", detail: "{}" },
    });
  });
});
