import { describe, expect, it } from "vitest";
import { Accelerators } from "../../../../src/engines/oci/sandbox/accelerators.ts";

const OFFERS = [
  {
    name: "nvidia",
    memoryBytes: 2 ** 34,
    driver: "nvidia",
    devices: ["GPU-a", "GPU-b", "GPU-c"],
    capabilities: ["gpu", "compute"],
  },
  { name: "npu", driver: "cdi", devices: ["example.org/npu=0"] },
];

describe("accelerators", () => {
  const accelerators = new Accelerators(OFFERS);

  it("are asked of the container engine as the run was given them", () => {
    const wanted = [
      { name: "nvidia", count: 2 },
      { name: "npu", count: 1 },
    ];
    const given = [
      { offer: 0, devices: ["GPU-a", "GPU-c"] },
      { offer: 1, devices: ["example.org/npu=0"] },
    ];
    expect(accelerators.requestsFor(wanted, given)).toEqual([
      { Driver: "nvidia", DeviceIDs: ["GPU-a", "GPU-c"], Capabilities: [["gpu", "compute"]] },
      { Driver: "cdi", DeviceIDs: ["example.org/npu=0"] },
    ]);
    expect(accelerators.requestsFor([], undefined)).toEqual([]);
  });

  it.each([
    ["no devices", undefined],
    ["too few", [{ offer: 0, devices: ["GPU-a"] }]],
    ["those of another kind", [{ offer: 1, devices: ["GPU-a", "GPU-b"] }]],
    ["those of no offer", [{ offer: 7, devices: ["GPU-a", "GPU-b"] }]],
  ])("start no run that was given %s", (_, given) => {
    const wanted = [{ name: "nvidia", count: 2 }];
    const missing = expect.objectContaining({ code: "accelerator-missing" });
    expect(() => accelerators.requestsFor(wanted, given)).toThrow(missing);
  });

  it.each([
    ["another kind", [{ name: "tpu", count: 1 }]],
    ["more than there are", [{ name: "nvidia", count: 4 }]],
    ["larger ones", [{ name: "nvidia", count: 1, memoryBytes: 2 ** 35 }]],
    ["some of a size that is not known", [{ name: "npu", count: 1, memoryBytes: 1 }]],
  ])("are refused by name when a program wants %s", (_, wanted) => {
    const refused = expect.objectContaining({
      ...{ code: "accelerator-missing", reason: "limit-exceeded" },
      message: expect.stringContaining(`"${wanted[0]?.name}"`),
    });
    expect(() => accelerators.expectOffered(wanted)).toThrow(refused);
  });
});
