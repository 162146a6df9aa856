import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createOciEngine } from "@deco-network/executor/oci";
import { programDraftSchema, resolveProgramDraft } from "@deco-network/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import { IMAGE_FILE, PROGRAM_FILE, SAMPLE_FOLDER } from "../../src/csv-report/index.ts";
import { expectedReport } from "./expected-report.ts";

const HOST = process.env["DOCKER_HOST"];
const ARCHIVE_CID = "bafkreicpmetwisioo5ksr7hnxlptbmqquj6qvkjevwlynmq2jrqq5ehh7q";
const { signal } = new AbortController();

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "deco-csv-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the report over a folder, in the container that a provider would use. */
async function report(inputFolder: string) {
  const draft = programDraftSchema.parse(JSON.parse(await readFile(PROGRAM_FILE, "utf8")));
  const program = resolveProgramDraft(draft, ARCHIVE_CID);
  const workFolder = await temporaryFolder();
  const outputFolder = join(workFolder, "out");
  await mkdir(outputFolder);
  const engine = createOciEngine({
    instanceId: `csv${randomBytes(6).toString("hex")}`,
    host: HOST ?? "",
  });
  const artifactPath = fileURLToPath(IMAGE_FILE);
  const prepared = await engine.prepare({ program, artifactPath, inputFolder, workFolder }, signal);
  try {
    return { execution: await prepared.run({ outputFolder }, signal), outputFolder };
  } finally {
    await prepared.close();
  }
}

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe.skipIf(HOST === undefined)("the CSV report in its container", { timeout: 120_000 }, () => {
  it("agrees with an independent computation over the sample", async () => {
    const sample = await readFile(new URL("readings.csv", SAMPLE_FOLDER), "utf8");
    const { execution, outputFolder } = await report(fileURLToPath(SAMPLE_FOLDER));
    expect(execution).toMatchObject({ kind: "completed", exitCode: 0 });
    const json = await readFile(join(outputFolder, "report.json"), "utf8");
    expect(JSON.parse(json)).toEqual(expectedReport([sample], "site", "kwh"));
    const table = await readFile(join(outputFolder, "report.txt"), "utf8");
    expect(table.trimEnd().split("\n")).toHaveLength(8);
  });

  it("gives the same bytes again", async () => {
    const runs = [
      await report(fileURLToPath(SAMPLE_FOLDER)),
      await report(fileURLToPath(SAMPLE_FOLDER)),
    ];
    const texts = runs.map(({ outputFolder }) =>
      readFile(join(outputFolder, "report.json"), "utf8"),
    );
    const [first, second] = await Promise.all(texts);
    expect(second).toBe(first);
  });

  it("agrees over several files with other columns, line ends, signs and letters", async () => {
    const files = {
      "a.csv": "site,kwh\r\nb,1.5\r\na b,2\r\na,-3.25\r\n\r\na,0.1\r\nü,90000000000.01\r\n",
      "b.csv": "kwh,other,site\n10,x,b\n-0,y,a\n-0.05,z,c\n0.04,z,c\n",
    };
    const { execution, outputFolder } = await report(await folderOf(files));
    expect(execution).toMatchObject({ kind: "completed", exitCode: 0 });
    const json = JSON.parse(await readFile(join(outputFolder, "report.json"), "utf8"));
    expect(json).toEqual(expectedReport(Object.values(files), "site", "kwh"));
  });

  it("says of a file without rows that there is nothing to add", async () => {
    const { outputFolder } = await report(await folderOf({ "a.csv": "site,kwh\n" }));
    const json = JSON.parse(await readFile(join(outputFolder, "report.json"), "utf8"));
    expect(json).toEqual(expectedReport(["site,kwh\n"], "site", "kwh"));
  });

  it.each([
    ["no CSV file", { "a.txt": "site,kwh\n" }],
    ["a missing column", { "a.csv": "place,kwh\nb,1\n" }],
    ["a missing field", { "a.csv": "site,kwh\nb\n" }],
    ["a quote", { "a.csv": 'site,kwh\n"b",1\n' }],
    ["a control character", { "a.csv": "site,kwh\nb\t,1\n" }],
    ["what is no amount", { "a.csv": "site,kwh\nb,1e3\n" }],
    ["three decimals", { "a.csv": "site,kwh\nb,1.234\n" }],
    ["a sum beyond exact numbers", { "a.csv": "site,kwh\nb,80000000000000\nb,80000000000000\n" }],
  ])("ends with 2 and a reason for %s", async (_, files) => {
    const { execution } = await report(await folderOf(files as Record<string, string>));
    expect(execution).toMatchObject({ kind: "completed", exitCode: 2, outputBytes: 0 });
    if (execution.kind === "completed") expect(execution.stderr.length).toBeGreaterThan(0);
  });
});
