import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import {
  describeWithEngine,
  docker,
  leftovers,
  SIGNAL,
  script,
  testEngine,
} from "./support/container-engine.ts";
import { imageParts, sha256Id } from "./support/image-bytes.ts";
import { busybox } from "./support/image-file.ts";
import { localRegistry } from "./support/local-registry.ts";
import { tarBytes } from "./support/tar-bytes.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

async function busyboxParts() {
  return imageParts(tarBytes({ name: "busybox", mode: 0o755, body: await busybox() }));
}

describeWithEngine("an image from a registry", () => {
  it("is pulled by digest and run by its id", async () => {
    const { reference, id } = await localRegistry(await busyboxParts());
    const { engine, instanceId } = testEngine();
    const program = {
      ...script(""),
      command: ["/busybox", "echo", "pulled"],
      image: { registry: reference, id },
    };
    const folder = await temporaryFolder();
    const prepared = await engine.prepare({ program, workFolder: folder }, SIGNAL);
    const outputFolder = join(folder, "out");
    await mkdir(outputFolder);
    const execution = await prepared.run({ outputFolder }, SIGNAL);
    await prepared.close();
    expect(execution).toMatchObject({ kind: "completed", exitCode: 0 });
    expect(await leftovers(instanceId)).toMatchObject({ images: 0 });
    await expect(docker().getImage(id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it.each([
    ["another id", { id: sha256Id(Buffer.from("other")) }, "image-load", {}],
    ["a manifest that has another digest", { registry: "wrong" }, "image-pull", {}],
    ["more bytes than allowed", {}, "archive-too-large", { maxImageBytes: 100_000 }],
    ["more bytes unpacked than allowed", {}, "layer-too-large", { maxUnpackedBytes: 1_000_000 }],
  ])("is refused, and not kept, with %s", async (_, change, code, options) => {
    const { reference, id } = await localRegistry(await busyboxParts());
    const { engine } = testEngine(options);
    const wrong = reference.replace(/sha256:.*/, sha256Id(Buffer.from("none")));
    const image = {
      registry: "registry" in change ? wrong : reference,
      id,
      ...("id" in change && change),
    };
    const spec = { program: { ...script(""), image }, workFolder: await temporaryFolder() };
    await expect(engine.prepare(spec, SIGNAL)).rejects.toMatchObject({ code });
    await expect(docker().getImage(id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it("is refused as unavailable when the registry has it not, or is not there", async () => {
    const { reference, id } = await localRegistry(await busyboxParts());
    const absent = reference.replace("/deco/test@", "/deco/absent@");
    const unreachable = reference.replace(/:\d+\//, ":9/");
    const { engine } = testEngine();
    for (const registry of [absent, unreachable]) {
      const program = { ...script(""), image: { registry, id } };
      const spec = { program, workFolder: await temporaryFolder() };
      await expect(engine.prepare(spec, SIGNAL)).rejects.toMatchObject({
        code: "image-pull",
        reason: "input-unavailable",
      });
    }
  });

  it("is refused with volumes of its own", async () => {
    const parts = await busyboxParts();
    parts.config["config"] = { Volumes: { "/data": {} } };
    const { reference, id } = await localRegistry(parts);
    const { engine } = testEngine();
    const program = { ...script(""), image: { registry: reference, id } };
    const spec = { program, workFolder: await temporaryFolder() };
    await expect(engine.prepare(spec, SIGNAL)).rejects.toMatchObject({ code: "image-volumes" });
  });

  it("is refused as unavailable where the registry wants another login", async () => {
    const { reference, id, host } = await localRegistry(await busyboxParts(), "deco:right");
    for (const registries of [[], [{ host, username: "deco", password: "wrong" }]]) {
      const { engine } = testEngine({ registries });
      const program = { ...script(""), image: { registry: reference, id } };
      const spec = { program, workFolder: await temporaryFolder() };
      await expect(engine.prepare(spec, SIGNAL)).rejects.toMatchObject({
        ...{ code: "image-pull", reason: "input-unavailable" },
      });
    }
  });

  it("is pulled with a login that neither its program nor the container engine's records see", async () => {
    const password = "s3cret-of-the-registry";
    const registry = await localRegistry(await busyboxParts(), `deco:${password}`);
    const { reference, id, host } = registry;
    const { engine } = testEngine({
      registries: [{ host, username: "deco", password }],
    });
    const look = `b=/busybox; $b env; $b cat /proc/*/environ /proc/*/cmdline /proc/self/mountinfo;
      $b find / -xdev; $b find /in /etc /out /tmp /run /var /dev/shm -type f -exec $b cat {} +`;
    const program = {
      ...script("", { stdoutBytes: 1_000_000 }),
      command: ["/busybox", "sh", "-c", `{ ${look}; } 2>/dev/null; echo complete`],
      image: { registry: reference, id },
    };
    const folder = await temporaryFolder();
    const prepared = await engine.prepare({ program, workFolder: folder }, SIGNAL);
    onTestFinished(() => prepared.close());
    const records = [await docker().getImage(id).inspect(), await docker().info()];
    const outputFolder = join(folder, "out");
    await mkdir(outputFolder);
    const execution = await prepared.run({ outputFolder }, SIGNAL);
    if (execution.kind !== "completed") throw new TypeError(execution.detail);
    const seen = Buffer.from(execution.stdout).toString();
    expect(seen).toContain("HOME=/tmp");
    expect(seen).toMatch(/complete\n$/);
    for (const secret of [password, Buffer.from(`deco:${password}`).toString("base64")]) {
      expect(seen).not.toContain(secret);
      expect(JSON.stringify(records)).not.toContain(secret);
    }
  });
});
