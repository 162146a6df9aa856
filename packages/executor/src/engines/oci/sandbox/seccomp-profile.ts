import { readFile } from "node:fs/promises";
import { describe, OciError } from "../errors.ts";

const SHIPPED = new URL("./seccomp.json", import.meta.url);

/**
 * Text of the seccomp profile for the containers: an allow-list of what programs need to compute
 * and to use files. The container engine's own default would let a program use io_uring and ptrace.
 * @throws OciError `options-invalid` when a configured profile cannot be used.
 */
export async function seccompProfile(path: string | undefined): Promise<string> {
  try {
    const profile: unknown = JSON.parse(await readFile(path ?? SHIPPED, "utf8"));
    if (typeof profile !== "object" || profile === null || !("defaultAction" in profile)) {
      throw new TypeError("it has no defaultAction");
    }
    return JSON.stringify(profile);
  } catch (error) {
    throw new OciError("options-invalid", `Seccomp profile: ${describe(error)}`, {
      reason: "engine-unavailable",
      remedy: 'Set "seccompProfile" to a profile in Docker\'s JSON format, or leave it out.',
      cause: error,
    });
  }
}
