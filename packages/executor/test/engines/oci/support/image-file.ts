import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buildImageArchive, type ImageFile } from "../../../../src/engines/oci/index.ts";
import { readTar } from "../../../../src/engines/oci/tar/read-tar.ts";
import { BUSYBOX } from "./container-engine.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** An image with busybox and some files, written to disk. */
export async function imageFile(
  files: readonly ImageFile[],
): Promise<{ id: string; path: string }> {
  const { id, archive } = buildImageArchive({
    architecture: "amd64",
    files: [
      { path: "bin", type: "directory", mode: 0o755 },
      { path: "bin/busybox", type: "file", mode: 0o755, bytes: await busybox() },
      ...files,
    ],
  });
  const path = join(await temporaryFolder(), "image.tar");
  await writeFile(path, archive);
  return { id, path };
}

export async function busybox(): Promise<Uint8Array> {
  const bounds = { maxEntries: 100, maxBytes: 16 * 1024 ** 2 };
  const parts: Uint8Array[] = [];
  for await (const outer of readTar(createReadStream(BUSYBOX.archive), bounds)) {
    if (outer.name !== "layer.tar") continue;
    for await (const entry of readTar(Readable.from(outer.body), bounds)) {
      if (entry.name !== "bin/busybox") continue;
      for await (const part of entry.body) parts.push(part.slice());
    }
  }
  return Buffer.concat(parts);
}
