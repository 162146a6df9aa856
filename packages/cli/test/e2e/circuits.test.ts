import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { keyFiles } from "../../../../scripts/circuits/circuits.ts";
import { temporaryFolder } from "../support/folder.ts";
import { deco } from "../support/run-deco.ts";

describe("deco circuit show", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());

  it("tells the id of a published circuit", async () => {
    const shown = await deco(folder.path, "circuit", "show", keyFiles("cubic").folder, "--json");
    expect(shown).toMatchObject({ code: 0, json: { status: "ok", system: "plonk" } });
    expect(shown.json.circuit).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it("refuses a file that is no key, by its code", async () => {
    await writeFile(join(folder.path, "verification-key.json"), "{}");
    const shown = await deco(folder.path, "circuit", "show", folder.path, "--json");
    expect(shown.code).not.toBe(0);
    expect(shown.json).toMatchObject({ status: "error", code: "key-invalid" });
  });
});
