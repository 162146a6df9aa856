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

/** The address families of the internet. */
const INTERNET_FAMILIES = [2, 10];

/**
 * The same profile with internet sockets, for a network namespace that leads to a proxy alone.
 * Raw sockets stay out of reach: they need a capability.
 */
export function withInternetSockets(profile: string): string {
  const parsed = JSON.parse(profile) as { syscalls?: unknown[] };
  const rules = INTERNET_FAMILIES.map((value) => ({
    names: ["socket"],
    action: "SCMP_ACT_ALLOW",
    args: [{ index: 0, value, valueTwo: 0, op: "SCMP_CMP_EQ" }],
    comment: "Sockets that reach the proxy",
  }));
  return JSON.stringify({ ...parsed, syscalls: [...(parsed.syscalls ?? []), ...rules] });
}
