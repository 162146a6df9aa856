import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { type Daemon, readable } from "../daemon.ts";
import { imageError } from "../errors.ts";
import { TAR_END, tarHeader, tarPadding } from "../tar/write-tar.ts";
import { ownVolumes, wrongPlatform } from "./image-refusals.ts";
import type { InspectedArchive } from "./inspect-archive.ts";

const LOAD_TIMEOUT_MILLIS = 600_000;
const MAX_REPORT = 1024 ** 2;

/**
 * Loads an inspected image under the one name that this provider gives it. The engine receives a
 * new archive of config and layers only: names, tags and other indexes of the original do not
 * reach it.
 * @throws OciError `image-load` when the engine refuses or ends up with another image.
 */
export async function loadImage(
  daemon: Daemon,
  archive: InspectedArchive,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await loadArchiveStream(daemon, Readable.from(cleanArchive(archive, name, signal)), signal);
  await expectImage(daemon, name, archive, signal);
}

/** Hands an archive to the engine as it is and waits until it was taken in. */
export async function loadArchiveStream(
  daemon: Daemon,
  archive: Readable,
  signal: AbortSignal,
): Promise<void> {
  const report = await daemon.call(
    "loading an image",
    signal,
    async (abortSignal) => {
      const response = await daemon.docker.loadImage(archive, {
        quiet: true,
        abortSignal,
      });
      return await readReport(readable(response));
    },
    LOAD_TIMEOUT_MILLIS,
  );
  // The engine answers 200 first and reports its failures in the stream.
  const failure = report.find((line) => line.error !== undefined);
  if (failure === undefined) return;
  throw imageError(
    "image-load",
    `Image: refused by the container engine: ${failure.error}`,
    "Build the image again.",
  );
}

interface ReportLine {
  readonly error?: string;
}

/** The engine's answer: JSON objects one after the other. */
async function readReport(response: Readable): Promise<ReportLine[]> {
  let text = "";
  for await (const chunk of response) {
    if (text.length < MAX_REPORT) text += String(chunk);
  }
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as ReportLine);
}

/** What an image must be, by the engine's own word. */
export interface ExpectedImage {
  readonly id: string;
  readonly architecture: string;
}

/** @throws OciError `image-load`, `image-platform`, `image-volumes` when `name` is another image. */
export async function expectImage(
  daemon: Daemon,
  name: string,
  expected: ExpectedImage,
  signal: AbortSignal,
): Promise<void> {
  const image = await daemon.call("inspecting an image", signal, () =>
    daemon.docker.getImage(name).inspect(),
  );
  if (image.Id !== expected.id) {
    throw imageError(
      "image-load",
      `Image: ${name} became ${image.Id} instead of ${expected.id}`,
      "Name in the program the digest of the image's config.",
    );
  }
  if (image.Os !== "linux" || image.Architecture !== expected.architecture) {
    throw wrongPlatform(`${image.Os}/${image.Architecture}`, expected.architecture);
  }
  const volumes = image.Config?.Volumes;
  if (volumes && Object.keys(volumes).length > 0) throw ownVolumes();
}

async function* cleanArchive(archive: InspectedArchive, name: string, signal: AbortSignal) {
  const config = `${archive.id.replace("sha256:", "")}.json`;
  const layers = archive.layers.map((_, index) => `${index}.tar`);
  const manifest = Buffer.from(
    JSON.stringify([{ Config: config, RepoTags: [name], Layers: layers }]),
  );
  yield* whole("manifest.json", manifest);
  yield* whole(config, archive.config);
  for (const [index, { offset, size }] of archive.layers.entries()) {
    yield tarHeader({ name: `${index}.tar`, type: "file", mode: 0o644, size });
    const range = { start: offset, end: offset + size - 1, signal };
    if (size > 0) yield* createReadStream(archive.path, range);
    yield tarPadding(size);
  }
  yield TAR_END;
}

function* whole(name: string, bytes: Uint8Array) {
  yield tarHeader({ name, type: "file", mode: 0o644, size: bytes.length });
  yield bytes;
  yield tarPadding(bytes.length);
}
