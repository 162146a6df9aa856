import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { tieToThisProcess } from "../../../scripts/lib/tie-children.ts";
import { collect, openOffline, temporaryFolder } from "./helpers.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/add-until-killed.ts", import.meta.url));

describe("a process killed at any moment", () => {
  it.each([3, 6, 9, 13])("after %i steps leaves all that it had reported", async (steps) => {
    const folder = await temporaryFolder();
    const child = spawn(process.execPath, [FIXTURE, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    tieToThisProcess(child);
    onTestFinished(() => void child.kill("SIGKILL"));
    const reported: { step: string; cid: string }[] = [];
    for await (const line of createInterface(child.stdout)) {
      const [step = "", cid = ""] = line.split(" ");
      reported.push({ step, cid });
      // The next step is under way when the signal arrives.
      if (reported.length === steps) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");

    const storage = await openOffline({ folder });
    const staged = await storage.staged();
    const pins = await storage.pins();
    await storage.collectGarbage();
    for (const { step, cid } of reported) {
      // What was staged may have been published since.
      expect(step === "staged" ? [...staged, ...pins] : pins).toContain(cid);
    }
    for (const cid of [...staged, ...pins]) {
      expect((await collect(storage.readFile(cid, { offline: true }))).byteLength).toBe(1_200_000);
      await (staged.includes(cid) ? storage.publish(cid) : storage.unpin(cid));
    }
    expect(await storage.staged()).toEqual([]);
  });
});
