import { readFile } from "node:fs/promises";
import { jobSchema, programDraftSchema } from "@deco-network/sdk";
import { describe, expect, it } from "vitest";
import { buildImage } from "../../src/csv-report/build-image.ts";
import { busyboxFromImage } from "../../src/csv-report/busybox.ts";
import { sampleCsv } from "../../src/csv-report/generate-sample.ts";
import { IMAGE_FILE, JOB_FILE, PROGRAM_FILE, SAMPLE_FOLDER } from "../../src/csv-report/index.ts";

async function json(file: URL): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}

describe("the CSV report's files", () => {
  it("hold the image that the recorded busybox and the scripts give", async () => {
    const built = await buildImage(await busyboxFromImage());
    const committed = await readFile(IMAGE_FILE);
    expect(Buffer.compare(committed, built.archive)).toBe(0);
    expect(committed.length).toBeLessThan(3_000_000);
    expect(programDraftSchema.parse(await json(PROGRAM_FILE))).toMatchObject({
      image: { id: built.id },
    });
  });

  it("hold a job that is a job", async () => {
    expect(jobSchema.safeParse(await json(JOB_FILE)).success).toBe(true);
  });

  it("hold the sample that its seed gives", async () => {
    const sample = await readFile(new URL("readings.csv", SAMPLE_FOLDER), "utf8");
    expect(sample).toBe(sampleCsv());
  });
});
