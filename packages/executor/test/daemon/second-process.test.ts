import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Life } from "../../../../test/support/crash/life.ts";
import { startExecutor } from "../../src/index.ts";
import { Stage } from "../crash/stage.ts";
import { startLife } from "../crash/subject.ts";
import { configOf } from "../support/network.ts";

describe("a second executor on the same operator key", () => {
  let stage: Stage;
  let first: Life;

  beforeAll(async () => {
    stage = await Stage.open(2);
    first = await stage.live("run");
    expect(await first.ready).toBeDefined();
  }, 120_000);
  afterAll(async () => {
    await stage.close();
  });

  /** Starts another process; its end says why. */
  async function second(dataFolder: string): Promise<Life> {
    const [provider] = stage.network.providers;
    const configFile = join(stage.network.folder, "second.json");
    await writeFile(configFile, JSON.stringify({ ...provider?.config, dataFolder }));
    return startLife({ configFile, mode: "run", onMove: () => undefined });
  }

  it("does not start on the same data folder", async () => {
    const { ended } = await second(stage.dataFolder);
    await expect(ended).rejects.toThrow(/key-in-use|journal-in-use/);
  });

  it("does not start on another data folder of this machine", async () => {
    const { ended } = await second(join(stage.network.folder, "elsewhere"));
    await expect(ended).rejects.toThrow(/key-in-use/);
  });

  it("starts as soon as the first is killed", async () => {
    await stage.end();
    const next = await second(join(stage.network.folder, "elsewhere"));
    expect(await next.ready).toBeDefined();
    await next.kill();
  });

  it("elsewhere is noticed by its claim: no more seats are taken, and the gate says why", async () => {
    const { network, allocator } = stage;
    const [, provider] = network.providers;
    // It wants no such task, so whoever claims it with its key is somebody else.
    const policy = { maxLock: "1" };
    const executor = await startExecutor(configOf(provider, { policy }));
    try {
      const request = await network.request();
      await network.postRequest(request);
      const elsewhere = allocator.wallet(2);
      await network.until(() =>
        elsewhere.claim({ request, provider: 2 }).then(
          () => true,
          () => false,
        ),
      );
      const reasons = await network.until(async () => {
        const { problems } = (await (await fetch(`${executor.status}/readyz`)).json()) as {
          readonly problems: readonly { readonly code: string }[];
        };
        return problems.length > 0 && problems.map(({ code }) => code);
      });
      expect(reasons).toEqual(["foreign-activity"]);
    } finally {
      await executor.stop();
    }
  }, 60_000);
});
