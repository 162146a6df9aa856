import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import type { ProgramDocument } from "../../src/index.ts";
import { programDifferences } from "../../src/plan/program-differences.ts";

const VOTED = { policy: zeroAddress, maxReplicas: 6 } as const;
const PROVEN = { ...VOTED, policy: "0x00000000000000000000000000000000000000aa" } as const;

const program: Extract<ProgramDocument, { engine: "oci" }> = {
  deco: "program/1",
  engine: "oci",
  image: { registry: "r.example/a@sha256:00", id: "sha256:00" },
  command: [],
  env: {},
  limits: {
    ...{ memoryBytes: 65_536, outputBytes: 0, stdoutBytes: 0, wallSeconds: 1 },
    ...{ cpuMillis: 1, pids: 1, diskBytes: 0 },
  },
  network: "none",
  stdout: false,
};
const online = { ...program, network: { allow: ["a.example:443"], bytes: 1 } };
const accelerated = { ...program, accelerators: [{ name: "nvidia", count: 1 }] };

describe("what a plan warns of when replicas vote", () => {
  test.each([
    ["a program alone with its input", program, []],
    ["a program that reads the network", online, ["network-differs"]],
    ["a program on accelerators", accelerated, ["accelerator-differs"]],
  ])("%s", (_, document, codes) => {
    expect(programDifferences(VOTED, document).map(({ code }) => code)).toEqual(codes);
  });

  test("nothing where no vote compares them", () => {
    for (const request of [PROVEN, { ...VOTED, maxReplicas: 1 }]) {
      expect(programDifferences(request, online)).toEqual([]);
    }
  });
});
