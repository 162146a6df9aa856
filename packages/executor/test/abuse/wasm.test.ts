import { expect, it } from "vitest";
import { summaryOf } from "./report.ts";
import { abuseWasm } from "./wasm/suite.ts";

it("gives programs in WebAssembly nothing that a naive host would give them", async () => {
  const summary = summaryOf(await abuseWasm());
  expect(summary).toMatchObject({ succeeded: [], unproven: [] });
  expect(summary.tried).toBeGreaterThanOrEqual(40);
}, 120_000);
