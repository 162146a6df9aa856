import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { HOST_CALL_FUEL } from "../../../../src/engines/wasm/host/fuel-gauge.ts";
import { FD, HostHarness } from "../support/host-harness.ts";

describe("arguments and environment", () => {
  test("are laid out as WASI says", () => {
    const host = new HostHarness();
    expect(host.call("args_sizes_get", 0, 4)).toBe("success");
    expect(host.view.getUint32(0, true)).toBe(2);
    expect(host.view.getUint32(4, true)).toBe(14);
    expect(host.call("args_get", 8, 64)).toBe("success");
    expect(host.view.getUint32(12, true)).toBe(72);
    expect(host.bytes(64, 14).toString()).toBe("program\0täst\0");
    expect(host.call("environ_sizes_get", 0, 4)).toBe("success");
    expect(host.view.getUint32(4, true)).toBe(11);
    expect(host.call("environ_get", 8, 64)).toBe("success");
    expect(host.bytes(64, 11).toString()).toBe("A=1\0B=zwei\0");
    expect(host.call("args_get", 2 ** 18 - 2, 64)).toBe("fault");
  });
});

describe("the clock", () => {
  const now = (host: HostHarness, id: number) => {
    expect(host.call("clock_time_get", id, 1n, 0)).toBe("success");
    return host.view.getBigUint64(0, true);
  };

  test("begins at a fixed time and moves with fuel", () => {
    const host = new HostHarness();
    const first = now(host, 0);
    expect(first).toBe(946_684_800_000_000_000n + BigInt(HOST_CALL_FUEL / 10));
    host.fuel.value -= 10_000n;
    expect(now(host, 0)).toBe(first + 1_000n + BigInt(HOST_CALL_FUEL / 10));
    expect(now(host, 1)).toBeLessThan(10_000n);
  });

  test("moves on by what is slept, at once", () => {
    const host = new HostHarness();
    const before = now(host, 1);
    const subscription = Buffer.alloc(48);
    subscription.writeBigUInt64LE(77n, 0);
    subscription.writeUInt32LE(1, 16);
    subscription.writeBigUInt64LE(3_600_000_000_000n, 24);
    const [address] = host.put(subscription);
    expect(host.call("poll_oneoff", address, 512, 1, 600)).toBe("success");
    expect(host.view.getUint32(600, true)).toBe(1);
    expect(host.view.getBigUint64(512, true)).toBe(77n);
    expect(now(host, 1) - before).toBeGreaterThanOrEqual(3_600_000_000_000n);
    expect(host.call("poll_oneoff", address, 512, 0, 600)).toBe("inval");
    expect(host.call("poll_oneoff", address, 512, -1, 600)).toBe("inval");
  });

  test("knows four clocks", () => {
    const host = new HostHarness();
    expect(host.call("clock_time_get", 4, 1n, 0)).toBe("inval");
    expect(host.call("clock_res_get", 3, 0)).toBe("success");
    expect(host.view.getBigUint64(0, true)).toBe(1n);
  });
});

describe("randomness", () => {
  const draw = (host: HostHarness, length: number) => {
    expect(host.call("random_get", 64, length)).toBe("success");
    return host.bytes(64, length).toString("hex");
  };

  test("is the documented stream, whatever the size of the draws", () => {
    const digest = (...parts: Uint8Array[]) => {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(part);
      return hash.digest();
    };
    const seed = digest(
      Buffer.from("deco/wasm/random/1"),
      new Uint8Array(32),
      new Uint8Array([5, 0, 0, 0]),
    );
    const counter = (value: number) => new Uint8Array([value, 0, 0, 0, 0, 0, 0, 0]);
    const expected = Buffer.concat([digest(seed, counter(0)), digest(seed, counter(1))]);
    expect(draw(new HostHarness({ itemIndex: 5 }), 64)).toBe(expected.toString("hex"));
    const host = new HostHarness({ itemIndex: 5 });
    expect(draw(host, 7) + draw(host, 40) + draw(host, 17)).toBe(expected.toString("hex"));
  });

  test("differs between items", () => {
    const draws = [undefined, 0, 1].map((itemIndex) =>
      draw(new HostHarness(itemIndex === undefined ? {} : { itemIndex }), 16),
    );
    expect(new Set(draws).size).toBe(3);
  });
});

describe("streams", () => {
  test("standard output is bounded by whole writes", () => {
    const host = new HostHarness({ stdoutBytes: 5 });
    expect(host.write(FD.stdout, "abc")).toBe(3);
    expect(host.write(FD.stdout, "def")).toBe("nospc");
    expect(host.write(FD.stdout, "de")).toBe(2);
    expect(Buffer.from(host.stdout.content).toString()).toBe("abcde");
  });

  test("standard error keeps its end only", () => {
    const host = new HostHarness();
    for (let count = 0; count < 300; count++) {
      expect(host.write(FD.stderr, `${count % 10}`.repeat(1_000))).toBe(1_000);
      host.reset();
    }
    const tail = Buffer.from(host.stderr.content).toString();
    expect(tail.length).toBe(65_536);
    expect(tail.endsWith("9".repeat(1_000))).toBe(true);
  });

  test("lists of buffers are checked", () => {
    const host = new HostHarness();
    expect(host.call("fd_write", FD.stdout, ...host.vector(2 ** 18 - 1, 2), 0)).toBe("fault");
    expect(host.call("fd_write", FD.stdout, 0, 1_025, 0)).toBe("inval");
    expect(host.call("fd_write", FD.stdout, 0, -1, 0)).toBe("inval");
    expect(host.call("fd_write", FD.stdout, -8, 2, 0)).toBe("fault");
  });
});

describe("fuel of host calls", () => {
  test("is a fixed part and one for each byte", () => {
    const host = new HostHarness();
    const cost = (call: () => void) => {
      const before = host.fuel.value;
      call();
      return Number(before - host.fuel.value);
    };
    expect(cost(() => host.call("sched_yield"))).toBe(HOST_CALL_FUEL);
    expect(cost(() => host.write(FD.stderr, "x".repeat(1_000)))).toBe(HOST_CALL_FUEL + 1_000);
  });

  test("that does not suffice ends the run before the work", () => {
    const host = new HostHarness({ fuel: BigInt(HOST_CALL_FUEL + 10) });
    expect(() => host.write(FD.stdout, "x".repeat(11))).toThrow(
      expect.objectContaining({ name: "GuestStop", code: "fuel" }),
    );
    expect(host.stdout.content.length).toBe(0);
  });
});

describe("the end of the process", () => {
  test.each([
    [0, 0],
    [7, 7],
    [255, 255],
    [256, 255],
    [-1, 255],
  ])("proc_exit(%i) ends with %i", (given, exitCode) => {
    expect(() => new HostHarness().call("proc_exit", given)).toThrow(
      expect.objectContaining({ name: "GuestStop", code: "exit", exitCode }),
    );
  });

  test("signals and sockets are not there", () => {
    const host = new HostHarness();
    expect(host.call("proc_raise", 9)).toBe("nosys");
    expect(host.call("sock_accept", 0, 0, 0)).toBe("nosys");
    expect(host.call("sock_shutdown", 0, 0)).toBe("nosys");
  });
});
