import { access, constants, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { runProcess } from "./run-process.ts";

/** Whether this process is root on Debian or a distribution made of it. */
export async function isDebianRoot(): Promise<boolean> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(release);
}

/** Path of a program, also where root's PATH lacks the system folders. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  for (const folder of folders) {
    const path = join(folder, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
}

/** Installs Debian's packages; what went wrong, or undefined. */
export async function installPackages(
  names: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const options = {
    env: { DEBIAN_FRONTEND: "noninteractive" },
    output: "show",
    ...(signal && { signal }),
  } as const;
  const install = ["install", "-y", "--no-install-recommends", ...names];
  const first = await runProcess("apt-get", install, options);
  if (first.code === 0) return undefined;
  // A fresh image has no package lists.
  await runProcess("apt-get", ["update"], options);
  const second = await runProcess("apt-get", install, options);
  if (second.code === 0) return undefined;
  return `apt-get install ${names.join(" ")} ended with code ${second.code}`;
}
