import { randomBytes } from "node:crypto";
import { expect, it, onTestFinished } from "vitest";
import {
  BUSYBOX,
  describeWithEngine,
  docker,
  leftovers,
  prepare,
  SIGNAL,
  script,
  testEngine,
} from "./support/container-engine.ts";

/** What a process leaves that is killed while a program runs. */
async function abandon(instanceId: string): Promise<void> {
  const name = `deco-${instanceId}-${randomBytes(4).toString("hex")}`;
  const Labels = { "network.deco.instance": instanceId };
  await docker().createVolume({ Name: name, Labels });
  const container = await docker().createContainer({
    name,
    Image: BUSYBOX.id,
    Cmd: ["/bin/busybox", "sleep", "600"],
    Labels,
    NetworkDisabled: true,
    HostConfig: { NetworkMode: "none", Binds: [`${name}:/out`] },
  });
  await container.start();
  const [repo, tag] = [`deco.local/${instanceId}`, BUSYBOX.id.replace("sha256:", "")];
  await docker().getImage(BUSYBOX.id).tag({ repo, tag });
}

describeWithEngine("sweeping up after a crash", () => {
  it("removes what the same instance left, and nothing of another's", async () => {
    const other = testEngine();
    const running = await prepare(script("busybox sleep 600"), { engine: other.engine });
    const run = running.run();
    run.catch(() => undefined);
    await expect.poll(() => leftovers(other.instanceId)).toMatchObject({ containers: 2 });

    const { engine, instanceId } = testEngine();
    await abandon(instanceId);
    await abandon(instanceId);
    expect(await leftovers(instanceId)).toEqual({ containers: 2, volumes: 2, images: 1 });
    expect(await engine.probe(SIGNAL)).toMatchObject({ available: true });
    expect(await leftovers(instanceId)).toEqual({ containers: 0, volumes: 0, images: 0 });
    expect(await leftovers(other.instanceId)).toEqual({ containers: 2, volumes: 1, images: 1 });
  });

  it("happens once, so that a later probe spares what runs", async () => {
    const { engine, instanceId } = testEngine();
    const prepared = await prepare(script("busybox sleep 600"), { engine });
    const abort = new AbortController();
    const run = prepared.run(undefined, abort.signal);
    run.catch(() => undefined);
    onTestFinished(() => abort.abort());
    await expect.poll(() => leftovers(instanceId)).toMatchObject({ containers: 2 });
    expect(await engine.probe(SIGNAL)).toMatchObject({ available: true });
    expect(await leftovers(instanceId)).toMatchObject({ containers: 2 });
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
