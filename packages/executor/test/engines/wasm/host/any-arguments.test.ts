import { describe, expect, test } from "vitest";
import {
  WASI_IMPORTS,
  type WasiFunctionName,
} from "../../../../src/engines/wasm/host/wasi-imports.ts";
import { I64 } from "../../../../src/engines/wasm/module/value-types.ts";
import { random } from "../../../support/random.ts";
import { HostHarness } from "../support/host-harness.ts";

const CALLS = 30_000;
const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 64, 1_024, 4_096, 65_536, 262_143, 262_144];
const EDGES = [-1, -2, -8, 0x7fffffff, -0x80000000];
const LARGE = [
  0n,
  1n,
  2n,
  64n,
  66n,
  4_096n,
  -1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

describe("host functions", () => {
  test(`answer ${CALLS} calls with any arguments by an error number`, () => {
    const next = random(7);
    const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T;
    const names = [...WASI_IMPORTS.keys()] as WasiFunctionName[];
    const answers = new Map<string, number>();
    let host = new HostHarness();
    for (let call = 0; call < CALLS; call++) {
      if (call % 500 === 0) {
        host = new HostHarness({ input: { "a/b": "c" }, fuel: 2n ** 62n });
        const memory = new Uint8Array(host.memory.buffer);
        // Small numbers, so that what is read from there often is an address or a length.
        for (let at = 0; at < memory.length; at += 4) memory[at + next(2)] = next(256);
        for (const address of NUMBERS.slice(9, 13)) host.bytes(address, 8).write("a/b/../c");
      }
      const name = pick(names);
      const args = (WASI_IMPORTS.get(name)?.params ?? []).map((type) =>
        type === I64 ? pick(LARGE) : next(4) === 0 ? pick(EDGES) : pick(NUMBERS),
      );
      let answer: string;
      try {
        answer = host.call(name, ...args);
      } catch (error) {
        expect(error, `${name}(${args.join()})`).toMatchObject({ name: "GuestStop" });
        answer = "stopped";
        host.fuel.value = 2n ** 62n;
      }
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    expect(answers.get("success")).toBeGreaterThan(CALLS / 20);
    for (const answer of ["fault", "badf", "inval", "spipe", "notdir", "stopped"]) {
      expect([...answers.keys()]).toContain(answer);
    }
    expect(answers.size).toBeGreaterThan(12);
  });
});
