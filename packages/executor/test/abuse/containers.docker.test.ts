import { expect, it } from "vitest";
import type { OciRuntime } from "../../src/engines/oci/index.ts";
import { describeWithEngine, docker, HOST } from "../engines/oci/support/container-engine.ts";
import { abuseContainers } from "./containers/suite.ts";
import { summaryOf } from "./report.ts";

/** `npm run abuse` tries the other runtimes. */
const runtime = (process.env["DECO_TEST_RUNTIME"] ?? "runc") as OciRuntime;

describeWithEngine("programs in containers", () => {
  it("get nothing that a weakened sandbox gives them, and leave nothing behind", async () => {
    const summary = summaryOf(await abuseContainers({ host: HOST ?? "", runtime }));
    expect(summary).toMatchObject({ succeeded: [], unproven: [] });
    expect(summary.tried).toBeGreaterThanOrEqual(process.arch === "x64" ? 120 : 60);
    const filters = { label: ["network.deco.abuse"] };
    expect(await docker().listContainers({ all: true, filters })).toEqual([]);
  }, 240_000);
});
