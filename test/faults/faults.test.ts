import { afterAll, describe, expect, it } from "vitest";

import { CATALOGUE } from "./catalogue.ts";
import { KeptPlaces, runFault } from "./run-faults.ts";

/** The whole catalogue takes half an hour; each run of the tests has some of every kind. */
const NIGHTLY = process.env["DECO_NIGHTLY"] === "1";

describe("a provider is paid, or says why not, whatever goes wrong", () => {
  const places = new KeptPlaces();
  afterAll(async () => await places.close());

  const faults = CATALOGUE.filter(({ sample }) => NIGHTLY || sample);
  it.each(faults.map((fault) => [fault.name, fault] as const))(
    "%s",
    async (_, fault) => {
      const report = await runFault(fault, places, { tries: 1, seed: 1 });
      // One that cannot be tried on this machine shows nothing, so it must not look like a pass.
      expect(report.missing).toBeUndefined();
      expect(report).toMatchObject({ survived: 1, losses: [] });
    },
    300_000,
  );
});

describe("the catalogue", () => {
  it("names each fault once, and what must come of it", () => {
    const names = CATALOGUE.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, group, expects } of CATALOGUE) {
      expect(name).toMatch(new RegExp(`^${group}-`));
      expect(expects).toMatch(/^[a-z]+(-[a-z]+)*$/);
    }
  });
});
