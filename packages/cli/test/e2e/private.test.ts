import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { decodeDocument, documentDigest, resultSchema } from "@deco-network/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { writeCopyingJob } from "../support/copying-job.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { deco } from "../support/run-deco.ts";

/** Too large to be embedded, so that every way of a result is taken; and found wherever it is. */
const SECRET = "the patient's name is Ada Lovelace; ".repeat(300);

describe("a private job", { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let network: TestNetwork;
  let job: string;
  let taskId: string;
  const inFolder = (name: string) => join(folder.path, name);
  const account = () => ["--account", inFolder("key")];

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = inFolder("home");
    // The fourth describes no recipient.
    network = await startNetwork(home, 4, undefined, 3);
    job = await writeCopyingJob(inFolder("job"), SECRET, { private: true });
    await writeFile(inFolder("key"), network.devnet.accounts[0]?.privateKey ?? "", { mode: 0o600 });
  });
  afterAll(async () => {
    await network.stop();
    await folder.remove();
  });

  it("is planned with the providers that describe a recipient", async () => {
    const { code, json } = await deco(home, "plan", job, "--json");
    expect(code).toBe(0);
    const eligible = json.plan.eligible.map(({ provider }: { provider: number }) => provider);
    expect(eligible.sort()).toEqual([1, 2, 3]);
    const fourth = json.plan.candidates.find(
      ({ provider }: { provider: number }) => provider === 4,
    );
    expect(fourth.obstacles).toEqual([{ reason: "recipient-missing" }]);
    expect(json.plan.warnings).toContainEqual(
      expect.objectContaining({ code: "private-to-seats" }),
    );
    expect(await readdir(join(home, "tasks"))).toEqual([]);
  });

  it("comes to the right result, which only the requester can read", async () => {
    const output = inFolder("result");
    const { code, json, stderr } = await deco(
      home,
      ...["run", job, "--output", output, "--json", ...account()],
    );
    expect(stderr).toContain("has the key of the private input");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(json).toMatchObject({ status: "settled", output, runs: 1, failedRuns: 0 });
    expect(await readFile(join(output, "stdout"), "utf8")).toBe(SECRET);
    expect(await readFile(join(output, "out", "copy.txt"), "utf8")).toBe(SECRET);
    const document = await readFile(join(output, "result.json"));
    expect(documentDigest(document)).toBe(json.digest);
    expect(decodeDocument(resultSchema, document).salt).toMatch(/^0x/);
    taskId = json.taskId;
  });

  it("leaves the secrets with the requester, for its eyes only", async () => {
    const keys = join(home, "tasks", taskId, "private-keys.json");
    expect((await stat(keys)).mode & 0o777).toBe(0o600);
  });

  it("can be fetched again with them", async () => {
    const output = inFolder("again");
    const { code } = await deco(
      home,
      ...["task", "result", taskId, "--output", output, "--json", ...account()],
    );
    expect(code).toBe(0);
    expect(await readFile(join(output, "stdout"), "utf8")).toBe(SECRET);
  });
});
