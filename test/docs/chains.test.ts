import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { renderChains } from "../../scripts/generate/chains.ts";

test("docs/CHAINS.md is made from the SDK's table", async () => {
  const page = await readFile(new URL("../../docs/CHAINS.md", import.meta.url), "utf8");
  expect(page).toBe(renderChains());
});
