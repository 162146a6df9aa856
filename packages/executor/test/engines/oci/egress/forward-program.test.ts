import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { forwardCode } from "../../../../src/engines/oci/egress/forward-program.ts";
import type { Architecture } from "../../../../src/engines/oci/holder/static-executable.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const SOURCES = new URL("../../../../src/engines/oci/egress/forwarder/", import.meta.url);
/** The prefix of an assembler for each machine, as Debian's binutils name it. */
const PREFIX: Record<Architecture, string> = {
  amd64: "x86_64-linux-gnu-",
  arm64: "aarch64-linux-gnu-",
};

function hasAssembler(architecture: Architecture): boolean {
  try {
    execFileSync(`${PREFIX[architecture]}as`, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("the forwarder's machine code", () => {
  for (const architecture of ["amd64", "arm64"] as const) {
    it.runIf(hasAssembler(architecture))(
      `is what its source says, for ${architecture}`,
      async () => {
        const folder = await temporaryFolder();
        const [object, binary] = [join(folder, "object"), join(folder, "binary")];
        const source = fileURLToPath(new URL(`${architecture}.s`, SOURCES));
        execFileSync(`${PREFIX[architecture]}as`, ["-o", object, source]);
        execFileSync(`${PREFIX[architecture]}objcopy`, [
          "-O",
          "binary",
          "-j",
          ".text",
          object,
          binary,
        ]);
        expect(Buffer.from(forwardCode(architecture))).toEqual(readFileSync(binary));
      },
    );

    it(`dials no place but the proxy's socket, for ${architecture}`, () => {
      const code = Buffer.from(forwardCode(architecture));
      expect(code.includes("/egress/socket\0")).toBe(true);
      expect(code.length).toBeLessThan(512);
    });
  }
});
