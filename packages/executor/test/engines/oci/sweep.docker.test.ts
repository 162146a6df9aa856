import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { tieToThisProcess } from "../../../../../scripts/lib/tie-children.ts";
import {
  BUSYBOX,
  describeWithEngine,
  docker,
  HOST,
  leftovers,
  prepare,
  SIGNAL,
  script,
  testEngine,
} from "./support/container-engine.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const RUN_FOREVER = fileURLToPath(new URL("./support/run-forever.ts", import.meta.url));
const ONE_RUN = { containers: 2, volumes: 1, images: 1 };
const NOTHING = { containers: 0, volumes: 0, images: 0 };

/** Runs a program in a process of its own and kills that, as a crash or an operator would. */
async function crash(instanceId: string): Promise<void> {
  const program = JSON.stringify(script("busybox sleep 600"));
  const folder = await temporaryFolder();
  const options = [instanceId, HOST ?? "", program, BUSYBOX.archive, folder];
  const provider = spawn(process.execPath, [RUN_FOREVER, ...options], { stdio: "inherit" });
  tieToThisProcess(provider);
  const ended = once(provider, "exit");
  await expect.poll(() => running(instanceId), { timeout: 60_000 }).toBe(2);
  provider.kill("SIGKILL");
  await ended;
}

async function running(instanceId: string): Promise<number> {
  const filters = { label: [`network.deco.instance=${instanceId}`], status: ["running"] };
  return (await docker().listContainers({ filters })).length;
}

describeWithEngine("sweeping up after a crash", () => {
  it("removes what the same instance left, and nothing of another's", async () => {
    const other = testEngine();
    const prepared = await prepare(script("busybox sleep 600"), { engine: other.engine });
    prepared.run().catch(() => undefined); // Ended with the test.
    await expect.poll(() => running(other.instanceId), { timeout: 60_000 }).toBe(2);

    const { engine, instanceId } = testEngine();
    await crash(instanceId);
    expect(await leftovers(instanceId)).toEqual(ONE_RUN);
    expect(await engine.probe(SIGNAL)).toMatchObject({ available: true });
    expect(await leftovers(instanceId)).toEqual(NOTHING);
    expect(await leftovers(other.instanceId)).toEqual(ONE_RUN);
  });

  it("happens once, so that a later probe spares what runs", async () => {
    const { engine, instanceId } = testEngine();
    const prepared = await prepare(script("busybox sleep 600"), { engine });
    prepared.run().catch(() => undefined); // Ended with the test.
    await expect.poll(() => running(instanceId), { timeout: 60_000 }).toBe(2);
    expect(await engine.probe(SIGNAL)).toMatchObject({ available: true });
    expect(await leftovers(instanceId)).toEqual(ONE_RUN);
  });

  it("says which runtime is missing", async ({ skip }) => {
    const { Runtimes } = await docker().info();
    const missing = (["crun", "runsc"] as const).find((runtime) => !(runtime in Runtimes));
    if (missing === undefined) return skip("this engine has every runtime");
    const { engine } = testEngine({ runtime: missing });
    expect(await engine.probe(SIGNAL)).toMatchObject({
      available: false,
      reason: expect.stringContaining(missing),
    });
  });
});
