import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import * as z from "zod";
import { DecoUsageError, deploymentSchema, deployments, parseDeployment } from "../../src/index.ts";

const folder = new URL("../../../../deployments/", import.meta.url);
const local = deployments[31_337];

function refusalOf(value: unknown): { code: string; message: string } {
  try {
    parseDeployment(value);
  } catch (error) {
    if (error instanceof DecoUsageError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: "none", message: "" };
}

test("the known markets are those of deployments/", async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  expect(files.sort()).toEqual(Object.keys(deployments).map((id) => `${id}.json`));
  for (const file of files) {
    const record = parseDeployment(JSON.parse(await readFile(new URL(file, folder), "utf8")));
    expect(deployments[record.chainId]).toEqual(record);
  }
});

test("members that a later version adds are kept", () => {
  const record = { ...local, rpcUrl: "http://127.0.0.1:8545", later: 1 };
  expect(parseDeployment(record)).toEqual(record);
});

test.each([
  ["market", { ...local, market: "0x12" }],
  ["startBlock", { ...local, startBlock: -1 }],
  ["chainId", { ...local, chainId: "1" }],
  ["timelock", { ...local, timelock: null }],
  ["modules.panels", { ...local, modules: { opening: local?.market, panels: "no" } }],
  ["randomnessKind", { ...local, randomnessKind: "dice" }],
  ["the record", "nonsense"],
])("a malformed %s is named", (member, value) => {
  const { code, message } = refusalOf(value);
  expect(code).toBe("deployment-invalid");
  expect(message).toContain(`${member}: `);
});

/** The published JSON Schema; run vitest with -u after a change. */
test("the schema is published", async () => {
  const json = `${JSON.stringify(z.toJSONSchema(deploymentSchema, { unrepresentable: "any" }), null, 2)}\n`;
  await expect(json).toMatchFileSnapshot("../../schemas/deployment-1.schema.json");
});
