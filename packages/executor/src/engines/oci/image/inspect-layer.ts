import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { describe, imageError, OciError } from "../errors.ts";
import { readTar } from "../tar/read-tar.ts";
import type { ArchivePart } from "./inspect-archive.ts";

/** Files of one layer; more would exhaust a file system's index rather than its space. */
const MAX_LAYER_ENTRIES = 500_000;
const BLOCK = 512;
/** A link in their place would move what the sandbox mounts there over something else. */
const MOUNT_POINTS = new Set(["in", "out", "item", "checkpoint", "etc", "tmp"]);

/**
 * Checks one layer, plain or gzip: its digest, and that unpacking it stays within `maxBytes`.
 * Sparse files are refused, since a container engine writes their holes out as zeros.
 * @returns the bytes that the layer takes, unpacked.
 * @throws OciError `layer-mismatch`, `layer-sparse`, `image-mount-point`, `layer-too-large`, `tar-malformed`.
 */
export async function inspectLayer(
  path: string,
  part: ArchivePart,
  expectedDigest: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const hash = createHash("sha256");
  let unpacked = 0;
  const source = await plain(path, part, signal);
  const observed = async function* () {
    for await (const chunk of source) {
      unpacked += chunk.length;
      if (unpacked > maxBytes) throw tooLarge(maxBytes);
      hash.update(chunk);
      yield chunk as Uint8Array;
    }
  };
  let entries = 0;
  try {
    for await (const entry of readTar(observed(), {
      maxEntries: MAX_LAYER_ENTRIES,
      maxBytes,
    })) {
      entries += 1;
      if (MOUNT_POINTS.has(plainName(entry.name)) && entry.type.endsWith("link")) {
        throw imageError(
          "image-mount-point",
          `Image layer: "${entry.name}" is a link, where the sandbox mounts`,
          "Leave /in, /out, /item and /checkpoint to the sandbox.",
        );
      }
      if (entry.type !== "sparse") continue;
      throw imageError(
        "layer-sparse",
        `Image layer: "${entry.name}" is a sparse file`,
        "Build the layer without sparse files.",
      );
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OciError && error.code === "tar-too-large") throw tooLarge(maxBytes);
    if (error instanceof OciError) throw error;
    throw imageError(
      "layer-mismatch",
      `Image layer: cannot be read: ${describe(error)}`,
      "Save the image again.",
      error,
    );
  } finally {
    source.destroy();
  }
  const digest = `sha256:${hash.digest("hex")}`;
  if (digest !== expectedDigest) {
    throw imageError(
      "layer-mismatch",
      `Image layer: it is ${digest}, the config states ${expectedDigest}`,
      "Save the image again.",
    );
  }
  return unpacked + entries * BLOCK;
}

function plainName(name: string): string {
  return name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

async function plain(path: string, part: ArchivePart, signal: AbortSignal): Promise<Readable> {
  if (part.size === 0) return Readable.from([]);
  const range = {
    start: part.offset,
    end: part.offset + part.size - 1,
    signal,
  };
  const raw = createReadStream(path, range);
  if (!(await isGzip(path, part.offset))) return raw;
  const gunzip = createGunzip();
  raw.on("error", (error) => gunzip.destroy(error));
  gunzip.on("close", () => raw.destroy());
  return raw.pipe(gunzip);
}

async function isGzip(path: string, offset: number): Promise<boolean> {
  await using file = await open(path, "r");
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, offset);
  return buffer[0] === 0x1f && buffer[1] === 0x8b;
}

function tooLarge(maxBytes: number): OciError {
  return imageError(
    "layer-too-large",
    `Image: its layers unpack to more than ${maxBytes} bytes or too many files`,
    "Make the image smaller, or ask providers with a higher bound.",
  );
}
