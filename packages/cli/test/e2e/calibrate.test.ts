import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { deco } from "../support/run-deco.ts";

const TOKEN = "0x00000000000000000000000000000000000000aa";
const COSTS = ["--ether-price", "2500", "--watts", "65", "--energy-price", "0.30"];

describe("deco provider calibrate", { timeout: 240_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let file: string;
  let before: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = join(folder.path, "home");
    file = join(home, "provider", "config.json");
    await mkdir(join(home, "provider"), { recursive: true });
    const config = {
      dataFolder: join(home, "provider", "data"),
      chain: { id: 1, endpoints: ["http://127.0.0.1:1"], market: TOKEN },
      ...{ key: { file: "key" }, policy: { maxVolume: 9 } },
    };
    before = JSON.stringify(config, null, 2);
    await writeFile(file, before, { mode: 0o600 });
  });
  afterAll(() => folder.remove());

  const calibrate = (...more: string[]) => deco(home, "provider", "calibrate", "--quick", ...more);

  it("measures and proposes without changing anything", async () => {
    const proposed = await calibrate(...COSTS, "--gas-price", "2000000000", "--margin", "12.5");
    expect(proposed.code).toBe(0);
    expect(proposed.stderr).toContain("measuring WebAssembly, integers: one program");
    expect(proposed.stdout).toMatch(/fuelPerSecond +\d+/);
    expect(proposed.stdout).toContain("10⁹ units of fuel");
    expect(proposed.stdout).toContain("Nothing was changed");
    expect(await readFile(file, "utf8")).toBe(before);
  });

  it("asks for the price of ether before it measures what it could not write", async () => {
    const asked = await calibrate("--write", "--json");
    expect(asked).toMatchObject({ code: 2, json: { code: "usage" } });
    expect(asked.stderr).not.toContain("measuring");
    expect(await readFile(file, "utf8")).toBe(before);
  });

  it("tells speeds alone while nothing has a price", async () => {
    const { code, json } = await calibrate("--json");
    expect({ code, status: json.status, pricing: json.pricing }).toEqual({
      ...{ code: 0, status: "proposed", pricing: undefined },
    });
    expect(json.speed.fuelPerSecond).toBeGreaterThan(0);
  });

  it("writes what it measured, and keeps the rest of the file", async () => {
    const gas = ["--gas-price", "2000000000", "--token", `${TOKEN}=2000000000`];
    const { code, json } = await calibrate(...COSTS, ...gas, "--write", "--json");
    expect(code).toBe(0);
    const config = JSON.parse(await readFile(file, "utf8"));
    const { policy, ...rest } = config;
    expect(rest).toEqual(
      (({ policy: _, ...others }) => others)(JSON.parse(before) as Record<string, unknown>),
    );
    expect(policy).toEqual({ maxVolume: 9, pricing: json.pricing });
    expect(policy.pricing).toMatchObject({
      ...{
        etherPrice: "2500",
        watts: 65,
        gasPrice: "2000000000",
        tokens: { [TOKEN]: "2000000000" },
      },
      fuelPerSecond: json.speed.fuelPerSecond,
    });
  });
});
