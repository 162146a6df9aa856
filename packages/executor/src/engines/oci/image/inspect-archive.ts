import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { z } from "zod";
import { describe, imageError, OciError } from "../errors.ts";
import { readTar } from "../tar/read-tar.ts";
import { ownVolumes, wrongPlatform } from "./image-refusals.ts";
import { inspectLayer } from "./inspect-layer.ts";

export interface ArchiveBounds {
  readonly maxImageBytes: number;
  readonly maxUnpackedBytes: number;
}

/** A part of an archive, by position. */
export interface ArchivePart {
  readonly offset: number;
  readonly size: number;
}

/** An archive whose every part was compared with its digest. */
export interface InspectedArchive {
  readonly path: string;
  readonly id: string;
  readonly config: Uint8Array;
  readonly layers: readonly ArchivePart[];
  readonly architecture: string;
}

const MAX_PARTS = 1024;
const MAX_LAYERS = 127;
const MAX_MANIFEST = 1024 ** 2;
const MAX_CONFIG = 4 * 1024 ** 2;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const manifestSchema = z.array(
  z.object({
    Config: z.string(),
    Layers: z.array(z.string()).min(1).max(MAX_LAYERS),
  }),
);
const configSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  config: z.record(z.string(), z.unknown()).nullish(),
  rootfs: z.object({
    type: z.literal("layers"),
    diff_ids: z.array(digest).min(1).max(MAX_LAYERS),
  }),
});

/**
 * Checks a docker-archive before the container engine sees any of it: one image, whose config
 * has the expected digest and whose layers have the digests that the config states.
 * @throws OciError `archive-*`, `tar-*`, `layer-*`, `image-*`.
 */
export async function inspectArchive(
  path: string,
  expectedId: string,
  bounds: ArchiveBounds,
  signal: AbortSignal,
): Promise<InspectedArchive> {
  const parts = await listParts(path, bounds, signal);
  await using file = await openArchive(path);
  const manifest = parse(
    manifestSchema,
    await read(file, parts, "manifest.json", MAX_MANIFEST),
    "archive-manifest",
  );
  const [image] = manifest;
  if (image === undefined || manifest.length !== 1) {
    throw imageError(
      "archive-not-one-image",
      `Image archive: it holds ${manifest.length} images`,
      "Save exactly one image into the archive.",
    );
  }
  const config = await read(file, parts, image.Config, MAX_CONFIG);
  const id = `sha256:${createHash("sha256").update(config).digest("hex")}`;
  if (id !== expectedId) {
    throw imageError(
      "image-id-mismatch",
      `Image archive: it holds ${id}, not ${expectedId}`,
      "Name in the program the config digest of the image that the archive holds.",
    );
  }
  const { architecture, rootfs } = checkConfig(config);
  const layers = image.Layers.map((name) => part(parts, name));
  if (layers.length !== rootfs.diff_ids.length) {
    throw imageError(
      "layer-mismatch",
      `Image archive: ${layers.length} layers, but the config states ${rootfs.diff_ids.length}`,
      "Save the image again.",
    );
  }
  let left = bounds.maxUnpackedBytes;
  for (const [index, layer] of layers.entries()) {
    const expected = rootfs.diff_ids[index] ?? "";
    left -= await inspectLayer(path, layer, expected, left, signal);
  }
  return { path, id, config, layers, architecture };
}

/** Where the archive's files lie. Only regular files with plain names are taken. */
async function listParts(
  path: string,
  bounds: ArchiveBounds,
  signal: AbortSignal,
): Promise<Map<string, ArchivePart>> {
  const parts = new Map<string, ArchivePart>();
  const limits = { maxEntries: MAX_PARTS, maxBytes: bounds.maxImageBytes };
  try {
    for await (const entry of readTar(createReadStream(path, { signal }), limits)) {
      checkName(entry.name);
      if (entry.type === "directory") continue;
      if (entry.type !== "file" || !entry.nameIsUtf8) {
        throw imageError(
          "archive-entry",
          `Image archive: "${entry.name}" is a ${entry.type}`,
          "Use an archive of regular files only (layers saved once, without links).",
        );
      }
      if (parts.has(entry.name)) {
        throw imageError(
          "archive-entry",
          `Image archive: "${entry.name}" occurs twice`,
          "Save the image again.",
        );
      }
      parts.set(entry.name, { offset: entry.offset, size: entry.size });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OciError)) throw unreadable(path, error);
    if (error.code !== "tar-too-large") throw error;
    throw imageError(
      "archive-too-large",
      error.message,
      "Make the image smaller, or ask providers with a higher bound.",
      error,
    );
  }
  return parts;
}

function checkName(name: string): void {
  const names = name.replace(/\/$/, "").split("/");
  if (!names.some((part) => part === "" || part === "." || part === "..")) return;
  if (name === "./") return;
  throw imageError(
    "archive-traversal",
    `Image archive: the name "${name}" leads elsewhere`,
    "Name the archive's files relative to it, without dots.",
  );
}

async function openArchive(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw unreadable(path, error);
  }
}

function part(parts: Map<string, ArchivePart>, name: string): ArchivePart {
  const found = parts.get(name);
  if (found !== undefined) return found;
  throw imageError(
    "archive-manifest",
    `Image archive: "${name}" is missing`,
    "Save the image again as a docker-archive.",
  );
}

async function read(
  file: FileHandle,
  parts: Map<string, ArchivePart>,
  name: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const { offset, size } = part(parts, name);
  if (size > maxBytes) {
    throw imageError(
      "archive-too-large",
      `Image archive: "${name}" has ${size} bytes`,
      "Save the image again as a docker-archive.",
    );
  }
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, offset);
  if (bytesRead !== size) throw unreadable(name, new Error("the file became shorter"));
  return buffer;
}

function checkConfig(bytes: Uint8Array): z.infer<typeof configSchema> {
  const config = parse(configSchema, bytes, "archive-config");
  if (config.os !== "linux") throw wrongPlatform(config.os, "linux");
  // The container engine reads keys in any case, so this must too.
  const volumes = Object.entries(config.config ?? {}).filter(
    ([key]) => key.toLowerCase() === "volumes",
  );
  if (volumes.some(([, value]) => value !== null && Object.keys(Object(value)).length > 0))
    throw ownVolumes();
  return config;
}

function parse<T>(
  schema: z.ZodType<T>,
  bytes: Uint8Array,
  code: "archive-manifest" | "archive-config",
): T {
  try {
    return schema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (error) {
    throw imageError(
      code,
      `Image archive: not understood: ${describe(error)}`,
      "Save the image again as a docker-archive.",
      error,
    );
  }
}

function unreadable(path: string, error: unknown): OciError {
  return new OciError("archive-unreadable", `Image archive ${path}: ${describe(error)}`, {
    reason: "input-unavailable",
    remedy: "Fetch the archive again.",
    cause: error,
  });
}
