import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import {
  describeWithEngine,
  docker,
  leftovers,
  prepare,
  SIGNAL,
  script,
  testEngine,
} from "./support/container-engine.ts";
import { imageArchive, imageParts } from "./support/image-bytes.ts";
import { busybox, imageFile } from "./support/image-file.ts";
import { tarBytes } from "./support/tar-bytes.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const CID = "bafkreicpmetwisioo5ksr7hnxlptbmqquj6qvkjevwlynmq2jrqq5ehh7q";

async function written(archive: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), "image.tar");
  await writeFile(path, archive);
  return path;
}

async function exists(name: string): Promise<boolean> {
  const images = await docker().listImages({ filters: { reference: [name] } });
  return images.length > 0;
}

describeWithEngine("a container's image", () => {
  it("keeps its predicted id, and goes when the last program that needs it is closed", async () => {
    const { engine, instanceId } = testEngine();
    const { id, path } = await imageFile([]);
    const program = { ...script("echo hi"), image: { archive: CID, id } };
    const first = await prepare(program, { engine, artifactPath: path });
    const second = await prepare(program, { engine, artifactPath: path });
    await first.program.close();
    expect((await second.run()).stdout).toBe("hi\n");
    await second.program.close();
    expect(await leftovers(instanceId)).toMatchObject({ images: 0 });
    await expect(docker().getImage(id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it("stays for the next program within the bound, also across a restart, and goes when room is wanted", async () => {
    const events: string[] = [];
    const keeping = (instanceId?: string) => {
      const kept = testEngine({
        ...{ keepImageBytes: 2 ** 30, onImage: ({ type }) => void events.push(type) },
        ...(instanceId !== undefined && { instanceId }),
      });
      onTestFinished(async () => await kept.engine.trim?.());
      return kept;
    };
    const { engine, instanceId } = keeping();
    const { id, path } = await imageFile([]);
    const program = { ...script("echo hi"), image: { archive: CID, id } };
    const first = await prepare(program, { engine, artifactPath: path });
    await first.program.close();
    expect(await leftovers(instanceId)).toMatchObject({ images: 1 });
    // Not loaded again: the archive is not even looked at.
    const second = await prepare(program, { engine, artifactPath: "/nowhere" });
    expect((await second.run()).stdout).toBe("hi\n");
    await second.program.close();
    const again = keeping(instanceId);
    const third = await prepare(program, { engine: again.engine, artifactPath: "/nowhere" });
    expect((await third.run()).stdout).toBe("hi\n");
    // What a program holds stays, whoever wants room.
    await again.engine.trim?.();
    expect((await third.run()).stdout).toBe("hi\n");
    await third.program.close();
    await again.engine.trim?.();
    expect(await leftovers(instanceId)).toMatchObject({ images: 0 });
    expect(events).toEqual(["miss", "hit", "hit", "evicted"]);
  });

  it("that somebody removed, or put another in its place, is loaded again", async () => {
    const { engine, instanceId } = testEngine({ keepImageBytes: 2 ** 30 });
    onTestFinished(async () => await engine.trim?.());
    const [one, other] = [await imageFile([]), imageArchive(imageParts())];
    const program = { ...script("echo hi"), image: { archive: CID, id: one.id } };
    await (await prepare(program, { engine, artifactPath: one.path })).program.close();
    const name = `deco.local/${instanceId}:${one.id.replace("sha256:", "")}`;
    await docker().getImage(name).remove();
    const second = await prepare(program, { engine, artifactPath: one.path });
    await second.program.close();
    await docker().loadImage(await written(other.archive));
    const [repo = "", tag = ""] = name.split(/:(?=[^:]*$)/);
    await docker().getImage(other.id).tag({ repo, tag });
    const third = await prepare(program, { engine, artifactPath: one.path });
    expect((await third.run()).stdout).toBe("hi\n");
    await third.program.close();
    await docker()
      .getImage(other.id)
      .remove({ force: true })
      .catch(() => undefined);
  });

  it("does not get the name that its archive claims", async () => {
    const parts = imageParts();
    parts.manifest = [
      { Config: "config.json", RepoTags: ["deco-claimed-name:latest"], Layers: ["layer.tar"] },
    ];
    const { id, archive } = imageArchive(parts);
    const program = { ...script(""), image: { archive: CID, id } };
    await prepare(program, { artifactPath: await written(archive) });
    expect(await exists("deco-claimed-name")).toBe(false);
  });

  it("is refused with another id before the container engine sees it", async () => {
    const parts = imageParts();
    parts.config["config"] = { Env: ["A=b"] };
    const tampered = imageArchive(parts);
    const program = { ...script(""), image: { archive: CID, id: imageArchive(imageParts()).id } };
    const { engine } = testEngine();
    const artifactPath = await written(tampered.archive);
    const spec = { program, artifactPath, workFolder: await temporaryFolder() };
    await expect(engine.prepare(spec, SIGNAL)).rejects.toMatchObject({ code: "image-id-mismatch" });
    await expect(docker().getImage(tampered.id).inspect()).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it("is refused for another architecture, but not as invalid", async () => {
    const parts = imageParts();
    parts.config["architecture"] = "s390x";
    const { id, archive } = imageArchive(parts);
    const { engine } = testEngine();
    const program = { ...script(""), image: { archive: CID, id } };
    const spec = {
      program,
      artifactPath: await written(archive),
      workFolder: await temporaryFolder(),
    };
    await expect(engine.prepare(spec, SIGNAL)).rejects.toMatchObject({
      code: "image-platform",
      reason: "engine-unavailable",
    });
  });

  it("cannot choose its user, its health check, or where it runs", async () => {
    const layer = tarBytes({ name: "busybox", mode: 0o755, body: await busybox() });
    const parts = imageParts(layer);
    parts.config["config"] = {
      User: "0:0",
      WorkingDir: "/etc",
      Healthcheck: { Test: ["CMD", "/busybox", "touch", "/out/checked"], Interval: 1_000_000_000 },
      Entrypoint: ["/busybox", "sh"],
      Cmd: ["-c", "/busybox id -u; echo $PWD $A; /busybox sleep 3; /busybox ls /out"],
      Env: ["A=image"],
    };
    const { id, archive } = imageArchive(parts);
    const program = { ...script(""), command: [], image: { archive: CID, id } };
    const prepared = await prepare(program, { artifactPath: await written(archive) });
    const ran = await prepared.run();
    expect(ran.execution).toMatchObject({ kind: "completed" });
    expect(ran.stdout).toBe("65534\n/out image\n");
  });

  it("may hold folders where the sandbox mounts its own", async () => {
    const { id, path } = await imageFile([
      { path: "in", type: "directory", mode: 0o777 },
      { path: "in/planted", type: "file", mode: 0o644, bytes: Buffer.from("x") },
      { path: "out", type: "directory", mode: 0o777 },
      { path: "out/planted", type: "file", mode: 0o644, bytes: Buffer.from("x") },
    ]);
    const program = { ...script("busybox ls /in /out; echo x > a"), image: { archive: CID, id } };
    const ran = await (await prepare(program, { artifactPath: path })).run();
    expect(ran).toMatchObject({ stdout: "/in:\n\n/out:\n", execution: { outputBytes: 2 } });
  });
});
