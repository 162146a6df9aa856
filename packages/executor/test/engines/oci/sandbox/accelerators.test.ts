import { describe, expect, it } from "vitest";
import { Accelerators } from "../../../../src/engines/oci/sandbox/accelerators.ts";

const OFFERS = [
  {
    name: "nvidia",
    driver: "nvidia",
    devices: ["GPU-a", "GPU-b", "GPU-c"],
    capabilities: ["gpu", "compute"],
  },
  { name: "npu", driver: "cdi", devices: ["example.org/npu=0"] },
];
const SIGNAL = new AbortController().signal;

describe("accelerators", () => {
  it("are handed out as device requests, each device to one run", async () => {
    const accelerators = new Accelerators(OFFERS);
    const first = await accelerators.take(
      [
        { name: "nvidia", count: 2 },
        { name: "npu", count: 1 },
      ],
      SIGNAL,
    );
    expect(first.requests).toEqual([
      { Driver: "nvidia", DeviceIDs: ["GPU-a", "GPU-b"], Capabilities: [["gpu", "compute"]] },
      { Driver: "cdi", DeviceIDs: ["example.org/npu=0"] },
    ]);
    const second = await accelerators.take([{ name: "nvidia", count: 1 }], SIGNAL);
    expect(second.requests[0]?.DeviceIDs).toEqual(["GPU-c"]);
  });

  it("are waited for, in turn, all or none", async () => {
    const accelerators = new Accelerators(OFFERS);
    const held = await accelerators.take([{ name: "nvidia", count: 2 }], SIGNAL);
    const order: string[] = [];
    const large = accelerators.take([{ name: "nvidia", count: 3 }], SIGNAL);
    void large.then(() => order.push("large"));
    const small = accelerators.take([{ name: "nvidia", count: 1 }], SIGNAL);
    void small.then(() => order.push("small"));
    await Promise.resolve();
    expect(order).toEqual([]); // One is free, but who wants three came first.
    held.release();
    (await large).release();
    (await small).release();
    expect(order).toEqual(["large", "small"]);
  });

  it("are not held back by one who gave up waiting", async () => {
    const accelerators = new Accelerators(OFFERS);
    const held = await accelerators.take([{ name: "nvidia", count: 3 }], SIGNAL);
    const stop = new AbortController();
    const gone = accelerators.take([{ name: "nvidia", count: 3 }], stop.signal);
    const next = accelerators.take([{ name: "nvidia", count: 1 }], SIGNAL);
    stop.abort(new RangeError("stopped"));
    await expect(gone).rejects.toThrow("stopped");
    held.release();
    expect((await next).requests[0]?.DeviceIDs).toHaveLength(1);
  });

  it.each([
    ["another kind", [{ name: "tpu", count: 1 }]],
    ["more than there are", [{ name: "nvidia", count: 4 }]],
  ])("are refused by name when a program wants %s", async (_, wanted) => {
    const accelerators = new Accelerators(OFFERS);
    const refused = expect.objectContaining({
      ...{ code: "accelerator-missing", reason: "limit-exceeded" },
      message: expect.stringContaining(`"${wanted[0]?.name}"`),
    });
    expect(() => accelerators.expectOffered(wanted)).toThrow(refused);
    await expect(accelerators.take(wanted, SIGNAL)).rejects.toEqual(refused);
  });
});
