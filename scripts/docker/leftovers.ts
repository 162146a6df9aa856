import { readdir, readFile } from "node:fs/promises";
import { basename, sep } from "node:path";

import { runProcess } from "../lib/run-process.ts";

/**
 * Ends what a dockerd that had to be killed left behind: its containerd and their shims, known by
 * the folder on their command lines.
 */
export async function endContainerdOf(folder: string): Promise<void> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const words = (await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (!basename(words[0] ?? "").startsWith("containerd")) continue;
    if (!words.some((word) => word.startsWith(`${folder}${sep}`))) continue;
    try {
      process.kill(Number(name), "SIGKILL");
    } catch {
      // It ended in between.
    }
  }
}

/** Detaches every mount below the folder, so that removing the folder cannot reach another file system. */
export async function unmountBelow(folder: string): Promise<void> {
  const table = await readFile("/proc/self/mountinfo", "utf8");
  const points = table
    .split("\n")
    // Field 5 is the mount point; it has no spaces below a folder of mkdtemp.
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point.startsWith(`${folder}${sep}`));
  for (const point of points.reverse()) await runProcess("umount", ["--lazy", point]);
}
