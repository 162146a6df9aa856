import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { buildImageArchive } from "../../../../src/engines/oci/image/build-archive.ts";
import { inspectArchive } from "../../../../src/engines/oci/image/inspect-archive.ts";
import { imageArchive, imageParts, sha256Id } from "../support/image-bytes.ts";
import { paxRecord, tarBytes } from "../support/tar-bytes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const MIB = 1024 ** 2;
const BOUNDS = { maxImageBytes: 16 * MIB, maxUnpackedBytes: 16 * MIB };
const signal = new AbortController().signal;

async function inspect(image: { id: string; archive: Uint8Array }, bounds = BOUNDS) {
  const path = join(await temporaryFolder(), "image.tar");
  await writeFile(path, image.archive);
  return await inspectArchive(path, image.id, bounds, signal);
}

describe("inspecting an image archive", () => {
  it("accepts what this package builds, and predicts the same id every time", async () => {
    const source = {
      architecture: "amd64" as const,
      files: [{ path: "a", type: "file" as const, mode: 0o644, bytes: Buffer.from("x") }],
    };
    const built = buildImageArchive(source);
    expect(buildImageArchive(source)).toEqual(built);
    expect((await inspect(built)).id).toBe(built.id);
  });

  it("accepts a gzip layer by the digest of what is in it", async () => {
    const parts = imageParts();
    const [layer] = parts.layers;
    parts.layers = [{ name: "layer.tar", bytes: gzipSync(layer?.bytes ?? "") }];
    expect((await inspect(imageArchive(parts))).layers).toHaveLength(1);
  });

  it("refuses a tampered layer", async () => {
    const parts = imageParts();
    parts.layers = [{ name: "layer.tar", bytes: tarBytes({ name: "hello", body: "ho" }) }];
    await expect(inspect(imageArchive(parts))).rejects.toMatchObject({ code: "layer-mismatch" });
  });

  it("refuses a tampered config, which an engine would load without a word", async () => {
    const image = imageArchive(imageParts());
    const parts = imageParts();
    parts.config["config"] = { Env: ["LD_PRELOAD=/evil.so"] };
    const { archive } = imageArchive(parts);
    await expect(inspect({ id: image.id, archive })).rejects.toMatchObject({
      code: "image-id-mismatch",
      reason: "image-invalid",
    });
  });

  it("refuses an archive of another image", async () => {
    const image = imageArchive(imageParts());
    const id = sha256Id(Buffer.from("another"));
    await expect(inspect({ ...image, id })).rejects.toMatchObject({ code: "image-id-mismatch" });
  });

  it.each(["../escape", "/etc/passwd", "a/../../b", "./x", "a//b"])(
    "refuses the name %s",
    async (name) => {
      const archive = tarBytes({ name, body: "x" });
      await expect(inspect({ id: sha256Id(archive), archive })).rejects.toMatchObject({
        code: "archive-traversal",
      });
    },
  );

  it.each(["1", "2", "3", "6"])("refuses an entry of type %s", async (flag) => {
    const archive = tarBytes({ name: "manifest.json", flag, linkName: "/etc/passwd" });
    await expect(inspect({ id: sha256Id(archive), archive })).rejects.toMatchObject({
      code: "archive-entry",
    });
  });

  it("refuses a name that occurs twice", async () => {
    const archive = tarBytes(
      { name: "manifest.json", body: "[]" },
      { name: "manifest.json", body: "[]" },
    );
    await expect(inspect({ id: sha256Id(archive), archive })).rejects.toMatchObject({
      code: "archive-entry",
    });
  });

  it("refuses two images in one archive", async () => {
    const parts = imageParts();
    const one = { Config: "config.json", Layers: ["layer.tar"] };
    parts.manifest = [one, one];
    await expect(inspect(imageArchive(parts))).rejects.toMatchObject({
      code: "archive-not-one-image",
    });
  });

  it.each([
    ["is missing", tarBytes({ name: "config.json", body: "{}" })],
    ["is not JSON", tarBytes({ name: "manifest.json", body: "{" })],
    ["names no layers", tarBytes({ name: "manifest.json", body: '[{"Config":"c","Layers":[]}]' })],
    [
      "names a file that is not there",
      tarBytes({ name: "manifest.json", body: '[{"Config":"c","Layers":["l"]}]' }),
    ],
  ])("refuses an archive whose manifest %s", async (_, archive) => {
    await expect(inspect({ id: sha256Id(archive), archive })).rejects.toMatchObject({
      code: "archive-manifest",
    });
  });

  it("refuses a config that does not describe its layers", async () => {
    const parts = imageParts();
    parts.config["rootfs"] = { type: "layers", diff_ids: ["sha256:00"] };
    await expect(inspect(imageArchive(parts))).rejects.toMatchObject({ code: "archive-config" });
  });

  it("refuses more layers than the config states", async () => {
    const parts = imageParts();
    parts.layers.push({ name: "second.tar", bytes: tarBytes({ name: "x" }) });
    await expect(inspect(imageArchive(parts))).rejects.toMatchObject({ code: "layer-mismatch" });
  });

  it.each(["Volumes", "volumes"])("refuses an image with %s of its own", async (key) => {
    const parts = imageParts();
    parts.config["config"] = { [key]: { "/data": {} } };
    await expect(inspect(imageArchive(parts))).rejects.toMatchObject({ code: "image-volumes" });
  });

  it("refuses an image of another system", async () => {
    const parts = imageParts();
    parts.config["os"] = "windows";
    await expect(inspect(imageArchive(parts))).rejects.toMatchObject({ code: "image-platform" });
  });

  it("refuses an archive beyond its bound", async () => {
    const image = imageArchive(imageParts(tarBytes({ name: "big", body: Buffer.alloc(2 * MIB) })));
    await expect(inspect(image, { ...BOUNDS, maxImageBytes: MIB })).rejects.toMatchObject({
      code: "archive-too-large",
      reason: "image-invalid",
    });
  });

  it("refuses a layer that unpacks beyond its bound, however small it is packed", async () => {
    const parts = imageParts(tarBytes({ name: "zeros", body: Buffer.alloc(8 * MIB) }));
    const [layer] = parts.layers;
    parts.layers = [{ name: "layer.tar", bytes: gzipSync(layer?.bytes ?? "") }];
    const image = imageArchive(parts);
    expect(image.archive.length).toBeLessThan(MIB);
    await expect(inspect(image, { ...BOUNDS, maxUnpackedBytes: MIB })).rejects.toMatchObject({
      code: "layer-too-large",
    });
  });

  it("refuses sparse files, whose holes an engine would write out", async () => {
    const old = imageParts(tarBytes({ name: "hole", flag: "S", body: "x" }));
    const pax = imageParts(
      tarBytes(
        { name: "h", flag: "x", body: paxRecord("GNU.sparse.realsize", "9".repeat(12)) },
        { name: "hole" },
      ),
    );
    for (const parts of [old, pax]) {
      await expect(inspect(imageArchive(parts))).rejects.toMatchObject({ code: "layer-sparse" });
    }
  });

  it.each(["in", "./out", "item/", "etc"])(
    "refuses a link at %s, where the sandbox mounts",
    async (name) => {
      const parts = imageParts(tarBytes({ name, flag: "2", linkName: "/usr" }));
      await expect(inspect(imageArchive(parts))).rejects.toMatchObject({
        code: "image-mount-point",
      });
    },
  );

  it("refuses what is no tar, and says when there is nothing to read", async () => {
    const archive = Buffer.alloc(4096, "not a tar");
    await expect(inspect({ id: sha256Id(archive), archive })).rejects.toMatchObject({
      code: "tar-malformed",
    });
    const missing = join(await temporaryFolder(), "missing.tar");
    await expect(inspectArchive(missing, "sha256:", BOUNDS, signal)).rejects.toMatchObject({
      code: "archive-unreadable",
      reason: "input-unavailable",
    });
  });

  it("ends when aborted", async () => {
    const reason = new Error("enough");
    const path = join(await temporaryFolder(), "image.tar");
    const { id, archive } = imageArchive(imageParts());
    await writeFile(path, archive);
    await expect(inspectArchive(path, id, BOUNDS, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
