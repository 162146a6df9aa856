import { expect, it } from "vitest";

import { measureContainer } from "../../src/calibration/measure-container.ts";
import { describeWithEngine, docker, HOST } from "../engines/oci/support/container-engine.ts";
import { temporaryFolder } from "../engines/oci/support/temporary-folder.ts";

const SIGNAL = AbortSignal.timeout(100_000);

describeWithEngine("calibrating containers", () => {
  it("tells how long starting and ending one takes, and leaves none", async () => {
    const folder = await temporaryFolder();
    const choice = { host: HOST ?? "", runtime: "runc" } as const;
    const started = await measureContainer(folder, choice, () => undefined, SIGNAL);
    expect(started).toMatchObject({ startMillis: expect.any(Number) });
    if ("startMillis" in started) expect(started.startMillis).toBeGreaterThan(1);
    const filters = { name: ["deco-calibrate"] };
    expect(await docker().listContainers({ all: true, filters })).toEqual([]);
  });

  it("says why when no engine answers", async () => {
    const folder = await temporaryFolder();
    const choice = { host: `unix://${folder}/nothing.sock`, runtime: "runc" } as const;
    const started = await measureContainer(folder, choice, () => undefined, SIGNAL);
    expect(started).toEqual({ unavailable: expect.stringMatching(/./) });
  });
});
