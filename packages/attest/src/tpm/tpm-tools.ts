import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { AttestError } from "../errors.ts";

const run = promisify(execFile);
const MAX_OUTPUT = 1 << 20;
const TIMEOUT_MILLIS = 30_000;

/** Which TPM: as the variable TPM2TOOLS_TCTI says it, by default the machine's own behind its resource manager. */
export type Tcti = string;
export const MACHINE_TPM: Tcti = "device:/dev/tpmrm0";

/** One of tpm2-tools (Debian: tpm2-tools), run once. */
export type TpmTool = (name: string, ...args: readonly string[]) => Promise<void>;

/**
 * The tools that talk to a TPM, which keep their files in a folder.
 * @throws AttestError `tpm-failed`, at each use
 */
export function tpmTools(folder: string, tcti: Tcti, signal?: AbortSignal): TpmTool {
  const env = { PATH: process.env.PATH, TPM2TOOLS_TCTI: tcti, TSS2_LOG: "all+NONE" };
  const options = { cwd: folder, env, maxBuffer: MAX_OUTPUT, timeout: TIMEOUT_MILLIS };
  return async (name, ...args) => {
    try {
      await run(name, args, { ...options, ...(signal && { signal }) });
    } catch (cause) {
      signal?.throwIfAborted();
      throw failed(name, cause);
    }
  };
}

function failed(name: string, cause: unknown): AttestError {
  const { code, stderr } = cause as { readonly code?: unknown; readonly stderr?: string };
  if (code === "ENOENT") {
    return new AttestError(
      "tpm-failed",
      `${name} is not installed.`,
      "Install tpm2-tools, version 5 (Debian: apt-get install tpm2-tools).",
      cause,
    );
  }
  return new AttestError(
    "tpm-failed",
    `${name} failed: ${(stderr ?? String(cause)).trim().slice(-400)}`,
    "See that the TPM answers (tpm2_getrandom 8), and that this user may use it.",
    cause,
  );
}
