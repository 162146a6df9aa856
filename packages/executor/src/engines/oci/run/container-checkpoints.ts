import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Container } from "dockerode";
import {
  type CheckpointSpec,
  CURRENT,
  type KeptCheckpoint,
  keepPart,
  partOf,
} from "../../kept-checkpoints.ts";
import { type Daemon, statusOf } from "../daemon.ts";
import { describe, OciError } from "../errors.ts";
import type { OutputFolder } from "../holder/output-folders.ts";
import { readTar } from "../tar/read-tar.ts";
import { TAR_END, tarHeader, tarPadding } from "../tar/write-tar.ts";

/** Where programs write them. */
export const CHECKPOINT_FOLDER = "/checkpoint";

/** Shows a program what to go on from, before it starts. */
export async function showCheckpoint(
  daemon: Daemon,
  container: Container,
  { path, bytes }: KeptCheckpoint,
  signal: AbortSignal,
): Promise<void> {
  const archive = Readable.from(
    (async function* () {
      yield tarHeader({ name: CURRENT, type: "file", mode: 0o644, size: bytes });
      for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
      yield tarPadding(bytes);
      yield TAR_END;
    })(),
    { objectMode: false },
  );
  await daemon.call("showing a checkpoint", signal, () =>
    container.putArchive(archive, { path: CHECKPOINT_FOLDER }),
  );
}

/**
 * Looks for a finished checkpoint now and again while a program runs. A program puts each in its place by renaming, so
 * whatever file is opened is a whole one; where one is exchanged in the middle of a look, the next look finds it.
 * @returns ends the looking; resolves when it has
 */
export function keepCheckpoints(
  daemon: Daemon,
  output: Pick<OutputFolder, "checkpoint">,
  { spec, maxBytes }: { readonly spec: CheckpointSpec; readonly maxBytes: number },
  signal: AbortSignal,
): () => Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  let sequence = spec.resume?.sequence ?? 0;
  let newest: string | undefined;
  const look = async () => {
    const part = partOf(spec.folder);
    await rm(part, { force: true });
    const found = await daemon.call("reading a checkpoint", until, async (abortSignal) =>
      readCurrent(await output.checkpoint(abortSignal), part, maxBytes),
    );
    if (found.sha256 === newest) return;
    newest = found.sha256;
    sequence += 1;
    spec.onKept?.(keepPart(spec.folder, { sequence, ...found }));
  };
  const looking = (async () => {
    while (!until.aborted) {
      await sleep(spec.everyMillis, undefined, { signal: until }).catch(() => undefined);
      if (until.aborted) return;
      try {
        await look();
      } catch (error) {
        // None was written yet.
        if (until.aborted || statusOf(error) === 404) continue;
        spec.onUnkept?.(describe(error));
      }
    }
  })();
  return async () => {
    over.abort();
    await looking;
  };
}

/** Writes the one file of an archive. A link, a folder or anything else in its place is no checkpoint. */
async function readCurrent(
  archive: Readable,
  part: string,
  maxBytes: number,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  try {
    for await (const entry of readTar(archive, { maxEntries: 1, maxBytes })) {
      if (entry.type !== "file" || entry.name !== CURRENT) break;
      const hash = createHash("sha256");
      const file = await open(part, "wx", 0o600);
      try {
        for await (const chunk of entry.body) {
          hash.update(chunk);
          await file.writeFile(chunk);
        }
      } finally {
        await file.close();
      }
      return { sha256: hash.digest("hex"), bytes: entry.size };
    }
  } finally {
    archive.destroy();
  }
  throw new OciError("checkpoint-entry", `${CHECKPOINT_FOLDER}/${CURRENT} is no regular file`, {
    reason: "program-invalid",
    remedy: "Rename a regular file to it.",
  });
}
