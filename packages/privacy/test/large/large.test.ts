import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("measure-process.ts", import.meta.url));
/** A gigabyte at night (`DECO_NIGHTLY=1`), a sample of it otherwise. */
const MIB = process.env["DECO_NIGHTLY"] === "1" ? 1_024 : 96;
const PEAK_MIB = 300;

describe("a large private input", () => {
  it(`of ${MIB} MiB is sealed and opened in bounded memory`, { timeout: 900_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, `${MIB}`]);
    const measured = JSON.parse(stdout);
    process.stderr.write(`private input: ${stdout}`);
    expect(measured).toMatchObject({ mib: MIB, same: true });
    expect(measured.peakMib).toBeLessThanOrEqual(PEAK_MIB);
  });
});
