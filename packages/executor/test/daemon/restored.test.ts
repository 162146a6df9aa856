import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { live } from "../../../../test/support/crash/drive.ts";
import type { Point } from "../../../../test/support/crash/point.ts";
import { fold, open, type Scenario, seen } from "../crash/scenarios.ts";
import { Stage } from "../crash/stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
}, 120_000);
// A life that has found a vote that its journal lacks takes no more seats; the next one does.
beforeEach(async () => {
  await stage.end();
});
afterAll(async () => {
  await stage.close();
});

/** A life in which the database is copied at one point and put back, over a newer one, at another. */
async function restored(scenario: Scenario, copied: Point, putBack: Point) {
  const { dataFolder } = stage;
  const copy = join(stage.network.folder, "copy");
  const journal = async (folder: string) =>
    (await readdir(folder)).filter((name) => name.startsWith("journal.sqlite"));
  return await live(stage.play(scenario), [copied, putBack], async (killed) => {
    if (killed === 1) {
      await rm(copy, { recursive: true, force: true });
      await mkdir(copy);
      for (const name of await journal(dataFolder)) {
        await cp(join(dataFolder, name), join(copy, name));
      }
      return;
    }
    for (const name of await journal(dataFolder)) await rm(join(dataFolder, name));
    for (const name of await journal(copy)) await cp(join(copy, name), join(dataFolder, name));
  });
}

describe("an executor whose database comes back from an old copy", () => {
  const places: readonly [string, Scenario, Point, Point][] = [
    [
      "from before the claim, with a commitment on the chain",
      ...([open, "after discovered > validating", "before committed > revealing"] as const),
    ],
    [
      "from before the claim, with the reveal on the chain",
      ...([open, "after validating > eligible", "before revealed > settling"] as const),
    ],
    [
      "from before the run, with a claim in it",
      ...([open, "after claiming > seated", "after broadcast commit"] as const),
    ],
    [
      "from before the seat, with a commitment given to the allocator",
      ...([fold, "after offer-made", "after give commitment"] as const),
    ],
  ];
  // One of each kind of round usually; all of them at night.
  const all = process.env["DECO_NIGHTLY"] === "1";

  it.each(places.filter((_, index) => all || index % 3 === 0))(
    "%s: takes its own vote up again and is paid for it",
    async (_, scenario, copied, putBack) => {
      const { loss, killed } = await restored(scenario, copied, putBack);
      expect(killed).toEqual([copied, putBack]);
      expect(loss).toBeUndefined();
    },
    180_000,
  );

  const changing: Scenario = {
    ...{ name: "changing", mode: "changing" },
    begin: ({ network }) =>
      network.post({
        terms: { claimWindow: 30, rampSeconds: 30, commitWindow: 60, revealWindow: 20 },
      }),
    async loss(at, task) {
      const { count } = await seen(at, task);
      return `commitments ${count("Committed")}, reveals ${count("Revealed")}`;
    },
  };

  it("keeps silent when the program gives another result than the one that it committed to", async () => {
    const { loss, points } = await restored(
      ...([changing, "after claiming > seated", "before committed > revealing"] as const),
    );
    expect(loss).toBe("commitments 1, reveals 0");
    expect(points).toContain("after ran > settling");
    expect(points.filter((point) => point === "after broadcast commit")).toHaveLength(1);
  }, 180_000);
});
