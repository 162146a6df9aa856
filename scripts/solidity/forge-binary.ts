import { createRequire } from "node:module";

import { ToolError } from "../lib/tool-error.ts";

const platforms: Record<string, string> = { linux: "linux", darwin: "darwin", win32: "win32" };
const architectures: Record<string, string> = { x64: "amd64", arm64: "arm64" };

/**
 * Path of the native forge inside its platform package. The wrapper that npm puts into `.bin` is
 * not used: it exits 0 when tests fail.
 */
export function forgeBinary(): string {
  const name = `${platforms[process.platform]}-${architectures[process.arch]}`;
  // pnpm lets only forge's own package see its platform packages.
  const here = createRequire(import.meta.url);
  const forge = createRequire(here.resolve("@foundry-rs/forge/package.json"));
  const suffix = process.platform === "win32" ? ".exe" : "";
  try {
    return forge.resolve(`@foundry-rs/forge-${name}/bin/forge${suffix}`);
  } catch (cause) {
    throw new ToolError({
      code: "FORGE_MISSING",
      message: `There is no forge for ${process.platform} on ${process.arch}.`,
      remedy:
        "Run the Solidity tests on Linux, macOS or Windows (x64), or on macOS or Linux (arm64).",
      cause,
    });
  }
}
