import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../support/folder.ts";
import { deco } from "../support/run-deco.ts";

const EXAMPLE = fileURLToPath(new URL("../../../examples/src/csv-report/", import.meta.url));
const docker = process.env["DOCKER_HOST"] ?? "";

describe.skipIf(docker === "")("deco program check, in containers", { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    await cp(join(EXAMPLE, "image.tar"), join(folder.path, "image.tar"));
  });
  afterAll(() => folder.remove());

  async function check(changes: object) {
    const program = JSON.parse(await readFile(join(EXAMPLE, "program.json"), "utf8"));
    const path = join(folder.path, "program.json");
    await writeFile(path, JSON.stringify({ ...program, ...changes }));
    const input = ["--input", join(EXAMPLE, "sample")];
    return deco(folder.path, "program", "check", path, ...input, "--docker", docker, "--json");
  }

  it("finds the same report under other core counts", async () => {
    const { code, json } = await check({});
    expect(code).toBe(0);
    expect(json).toMatchObject({ status: "same", first: { exitCode: 0 } });
    expect(json.hidden).toContain("host name");
  });

  it("warns of a program that prints the time", async () => {
    const command = ["/bin/busybox", "date", "+%s"];
    const { code, json } = await check({ command, stdout: true });
    expect(code).toBe(1);
    expect(json).toMatchObject({ status: "different", agree: false });
  });
});
