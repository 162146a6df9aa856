import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { loadConfig, parseConfig } from "../../src/config/load-config.ts";

const MARKET = "0x00000000000000000000000000000000000000aa";
const minimal = {
  dataFolder: "data",
  chain: { id: 1, endpoints: ["http://127.0.0.1:8545"], market: MARKET },
  key: { file: "key" },
};

function problem(raw: unknown): string {
  try {
    parseConfig(raw);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    expect(code).toBe("config-invalid");
    return message;
  }
  return "accepted";
}

describe("parseConfig", () => {
  it("fills in defaults that are safe on a public network", () => {
    const config = parseConfig(minimal);
    expect(config.chain.confirmations).toBeGreaterThan(1);
    expect(config.storage.listen).toEqual(["/ip4/127.0.0.1/tcp/0"]);
    expect(config.status.host).toBe("127.0.0.1");
    expect(config.engines).toEqual({ wasm: true });
    expect(config.transactions.maxFeePerGas).toBeTypeOf("bigint");
  });

  it.each([
    ["dataFolder", { ...minimal, dataFolder: undefined }],
    ["chain.market", { ...minimal, chain: { ...minimal.chain, market: "0x12" } }],
    ["chain.endpoints.0", { ...minimal, chain: { ...minimal.chain, endpoints: ["ftp://x"] } }],
    ["capacity.slots", { ...minimal, capacity: { slots: 0 } }],
    ["policy.maxLock", { ...minimal, policy: { maxLock: "1.5" } }],
    ["storage.pears", { ...minimal, storage: { pears: [] } }],
    ["storage.kubo.api", { ...minimal, storage: { kubo: { api: "/ip4/127.0.0.1/tcp/5001" } } }],
    ["storage.kubo.token", { ...minimal, storage: { kubo: { api: "http://k", token: "x" } } }],
    ["key", { ...minimal, key: {} }],
    ["key.signer.url", { ...minimal, key: { signer: { url: "x", address: MARKET } } }],
    ["engines.oci.host", { ...minimal, engines: { oci: { host: "tcp://1.2.3.4" } } }],
  ])("names %s", (field, raw) => {
    expect(problem(raw)).toContain(`field ${field}:`);
  });
});

describe("loadConfig", () => {
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-config-"));
    file = join(folder, "config.json");
    await writeFile(file, JSON.stringify(minimal));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("reads the file, then the environment, then flags", async () => {
    const environment = {
      DECO_EXECUTOR_CONFIG: file,
      DECO_EXECUTOR_DATA_FOLDER: "from-environment",
      DECO_EXECUTOR_KEY_FILE: "from-environment",
      DECO_EXECUTOR_ENDPOINTS: "http://127.0.0.1:1,http://127.0.0.1:2",
    };
    const config = await loadConfig(["--key-file", "from-flag"], environment);
    expect(config.dataFolder).toBe("from-environment");
    expect(config.key).toEqual({ file: "from-flag" });
    expect(config.chain.endpoints).toEqual(["http://127.0.0.1:1", "http://127.0.0.1:2"]);
  });

  it("names file and line of every wrong field, or the flag that it came from", async () => {
    const wrong = join(folder, "wrong.json");
    const lines = [
      "{",
      '  "dataFolder": "data", "key": { "file": "key" },',
      '  "chain": {',
      '    "id": 1, "market": "0x12",',
      '    "endpoints": [',
      '      "http://127.0.0.1:1",',
      '      "ftp://x" ] },',
      '  "policy": { "denyRequesters": [], "maxLock": 5 },',
      '  "checkpoints": { "publish": "sometimes", "intervalSeconds": 0, "perSeat": 65 },',
      '  "capasity": { "slots": 1 }',
      "}",
    ];
    await writeFile(wrong, lines.join("\n"));
    const error = await loadConfig(["--config", wrong], {}).catch((thrown: Error) => thrown);
    const { message } = error as Error;
    for (const place of [
      "4: Configuration field chain.market",
      "7: Configuration field chain.endpoints.1",
    ]) {
      expect(message).toContain(`${wrong}:${place}:`);
    }
    expect(message).toContain(`${wrong}:8: Configuration field policy.maxLock:`);
    for (const field of ["publish", "intervalSeconds", "perSeat"]) {
      expect(message).toContain(`${wrong}:9: Configuration field checkpoints.${field}:`);
    }
    expect(message).toContain(`${wrong}:10: Configuration field capasity: there is no such field`);
    await expect(loadConfig(["--config", file, "--market", "0x34"], {})).rejects.toMatchObject({
      message: expect.stringContaining("--market: Configuration field"),
    });
    await writeFile(wrong, '{\n  "dataFolder": "data",\n}');
    await expect(loadConfig(["--config", wrong], {})).rejects.toMatchObject({
      message: expect.stringMatching(/wrong\.json holds no JSON object: .*line 3/),
    });
  });

  it.each([
    [["--config", "missing.json"], {}],
    [["--unknown", "x"], {}],
    [["--private-key", "0x12"], {}],
  ])("refuses %j", async (argv, environment) => {
    await expect(loadConfig(argv, environment)).rejects.toMatchObject({ code: "config-invalid" });
  });
});
