import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { expectedReport } from "../../../examples/test/csv-report/expected-report.ts";
import { temporaryFolder } from "../support/folder.ts";
import { deco, type Running, startDeco } from "../support/run-deco.ts";

const JOB = fileURLToPath(new URL("../../../examples/src/csv-report/job.json", import.meta.url));
const SAMPLE = new URL("../../../examples/src/csv-report/sample/readings.csv", import.meta.url);
const HOST = process.env["DOCKER_HOST"] ?? "";

/** docs/CLI.md, "Five minutes to a result", as it is written there. */
describe.skipIf(HOST === "")("a container job on three providers", { timeout: 480_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let home: string;
  let devnet: Running;
  let providers: Running[] = [];
  const folderOf = (index: number) => join(folder.path, `p${index}`);

  beforeAll(async () => {
    folder = await temporaryFolder();
    home = join(folder.path, "home");
    devnet = startDeco(home, ["devnet", "--json"]);
    await devnet.saying('"status":"ready"');
    const init = (index: number) =>
      deco(home, "provider", "init", "--docker", HOST, "--folder", folderOf(index), "--json");
    for (const made of await Promise.all([1, 2, 3].map(init))) expect(made.code).toBe(0);
    // One account owns all of them, so these come one after the other.
    for (const index of [1, 2, 3]) {
      const own = ["--folder", folderOf(index), "--json"];
      const registered = await deco(home, "provider", "register", "--stake", "5000", ...own);
      expect(registered).toMatchObject({ code: 0, json: { provider: index } });
      providers.push(startDeco(home, ["provider", "start", ...own]));
    }
    await Promise.all(providers.map((provider) => provider.saying('"status":"ready"')));
  }, 240_000);
  afterAll(async () => {
    await stopProviders();
    devnet.child.kill("SIGINT");
    await devnet.finished;
    await folder.remove();
  });

  async function stopProviders(): Promise<(number | null)[]> {
    const stopping = providers;
    providers = [];
    for (const { child } of stopping) child.kill("SIGINT");
    return Promise.all(stopping.map(async ({ finished }) => (await finished).code));
  }

  it("does it in private, too: providers keep nothing of the input", async () => {
    const output = join(folder.path, "private");
    const secretly = ["--private", "--output", output, "--json"];
    const { code, json, stderr } = await deco(home, "run", JOB, ...secretly);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain("has the key of the private input");
    const outcomes = json.providers.map(({ outcome }: { outcome: string }) => outcome);
    expect(outcomes).toEqual(["agreed", "agreed", "agreed"]);
    const sample = await readFile(SAMPLE, "utf8");
    const report = await readFile(join(output, "out", "report.json"), "utf8");
    expect(JSON.parse(report)).toEqual(expectedReport([sample], "site", "kwh"));

    const [, row = ""] = sample.split("\n");
    const traces = [row, report, "AGE-SECRET-KEY"];
    let looked = 0;
    for (const index of [1, 2, 3]) {
      const data = join(folderOf(index), "data");
      for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
        // The provider's own key, not the task's.
        if (!entry.isFile() || entry.name === "age-identity") continue;
        const content = await readFile(join(entry.parentPath, entry.name)).catch(() => undefined);
        if (content === undefined) continue;
        looked += 1;
        expect(traces.filter((trace) => content.includes(trace))).toEqual([]);
      }
    }
    expect(looked).toBeGreaterThan(20);
  });

  it("pays them for the report that they agree on, and leaves no container", async () => {
    const output = join(folder.path, "result");
    const { code, json, stderr } = await deco(home, "run", JOB, "--output", output, "--json");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(json).toMatchObject({ status: "settled", runs: 1, failedRuns: 0 });
    const outcomes = json.providers.map(({ outcome }: { outcome: string }) => outcome);
    expect(outcomes).toEqual(["agreed", "agreed", "agreed"]);
    const report = JSON.parse(await readFile(join(output, "out", "report.json"), "utf8"));
    const sample = await readFile(SAMPLE, "utf8");
    expect(report).toEqual(expectedReport([sample], "site", "kwh"));

    const verified = await deco(home, "verify", json.taskId, "--json");
    expect(verified).toMatchObject({ code: 0, json: { status: "sound" } });

    expect(await stopProviders()).toEqual([0, 0, 0]);
    for (const index of [1, 2, 3]) {
      const id = (await readFile(join(folderOf(index), "data", "instance-id"), "utf8")).trim();
      expect(await containersOf(id)).toEqual([]);
    }
  });
});

function containersOf(instanceId: string): Promise<unknown[]> {
  const filters = { label: [`network.deco.instance=${instanceId}`] };
  const path = `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`;
  return new Promise((resolve, reject) => {
    request({ socketPath: HOST.replace("unix://", ""), path }, async (response) => {
      resolve(JSON.parse((await response.setEncoding("utf8").toArray()).join("")));
    })
      .once("error", reject)
      .end();
  });
}
