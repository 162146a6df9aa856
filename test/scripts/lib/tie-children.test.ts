import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

const PARENT = fileURLToPath(new URL("parent-process.ts", import.meta.url));

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function start(...args: string[]) {
  const parent = spawn(process.execPath, [PARENT, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(parent, "exit");
  const [line] = await once(createInterface({ input: parent.stdout }), "line");
  return { parent, ended, children: JSON.parse(line) as number[] };
}

describe("children that are tied to a process", () => {
  it.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("end with it by %s", async (signal) => {
    const { parent, ended, children } = await start();
    expect(children.map(runs)).toEqual([true, true]);
    parent.kill(signal);
    await ended;
    await expect.poll(() => children.map(runs), { timeout: 20_000 }).toEqual([false, false]);
  });

  it("end with it when it just ends, and do not hold it", async () => {
    const { ended, children } = await start("leave");
    expect(await ended).toEqual([0, null]);
    await expect.poll(() => children.map(runs), { timeout: 20_000 }).toEqual([false, false]);
  });
});
