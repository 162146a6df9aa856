import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  type BuiltImage,
  buildImageArchive,
  type ImageFile,
  readTar,
} from "../../../src/engines/oci/index.ts";
import { amRootProgram, callProgram } from "./call-program.ts";
import { SCRIPTS } from "./scripts.ts";
import { SYSTEM_CALLS } from "./system-calls.ts";

/** Has Debian's busybox, which is one static file. */
const BUSYBOX_IMAGE = fileURLToPath(
  new URL("../../../../examples/src/csv-report/image.tar", import.meta.url),
);

/** System calls are made by machine code of x86-64. */
export const callNames = process.arch === "x64" ? Object.keys(SYSTEM_CALLS) : [];

const file = (path: string, mode: number, bytes: Uint8Array | string): ImageFile => ({
  ...{ path, type: "file" as const, mode, bytes: Buffer.from(bytes as string) },
});
const folder = (path: string, mode = 0o755): ImageFile => ({ path, type: "directory", mode });

/**
 * Runs the attempts of the folders that are its arguments and prints `name code`; 0 is a success
 * of the abuse.
 */
const DRIVER = `
export PATH=/tmp/bin; /bin/busybox mkdir -p /tmp/bin && /bin/busybox --install -s /tmp/bin
for f in "$@"; do for p in /probe/$f/*; do
  case $f in call) $p;; *) timeout -s KILL 10 sh $p;; esac </dev/null >/dev/null 2>&1
  echo "\${p##*/} $?"
done; done
`;

/** An image with all attempts. */
export async function abuseImage(): Promise<BuiltImage> {
  const calls = callNames.map((name) => {
    const call = SYSTEM_CALLS[name] ?? [0];
    return file(`probe/call/${name}`, 0o755, callProgram(...call));
  });
  const weakenings = new Set([...SCRIPTS.values()].map(({ weakening }) => weakening));
  const scripts = [...SCRIPTS].map(([name, { script, weakening }]) =>
    file(`probe/${weakening}/${name}`, 0o644, `${script}\n`),
  );
  return buildImageArchive({
    architecture: process.arch === "x64" ? "amd64" : "arm64",
    files: [
      folder("bin"),
      file("bin/busybox", 0o755, await busybox()),
      folder("probe"),
      file("probe/am-root", 0o4755, amRootProgram()),
      ...[folder("probe/call"), ...calls],
      file("probe/driver", 0o644, DRIVER),
      ...[...weakenings].map((name) => folder(`probe/${name}`)),
      ...scripts,
      file("probe/shadow", 0o600, "deco-abuse\n"),
      // What a weakened sandbox mounts here gets this mode.
      ...[folder("out", 0o777), folder("tmp", 0o777), folder("www")],
      file("www/latest", 0o644, "deco-abuse\n"),
    ],
  });
}

async function busybox(): Promise<Uint8Array> {
  const bounds = { maxEntries: 100, maxBytes: 16 * 1024 ** 2 };
  const parts: Uint8Array[] = [];
  for await (const outer of readTar(createReadStream(BUSYBOX_IMAGE), bounds)) {
    if (outer.name !== "layer.tar") continue;
    for await (const entry of readTar(Readable.from(outer.body), bounds)) {
      if (entry.name !== "bin/busybox") continue;
      for await (const part of entry.body) parts.push(part.slice());
    }
  }
  return Buffer.concat(parts);
}

/** What a kernel may be built without. */
export async function kernelHas(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** Some machines keep their disks from everybody, root included. */
export async function diskIsReadable(): Promise<boolean> {
  const partitions = await readFile("/proc/partitions", "utf8");
  for (const [, name] of partitions.matchAll(/^ .* (\S+)$/gm)) {
    const disk = await open(`/dev/${name}`).catch(() => undefined);
    await disk?.close();
    if (disk !== undefined) return true;
  }
  return false;
}
