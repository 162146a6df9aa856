import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { readTar } from "@deco-network/executor/oci";
import record from "./busybox.json" with { type: "json" };
import { CsvReportError } from "./errors.ts";
import { IMAGE_FILE } from "./files.ts";

/** What the image takes from Debian's package, compared with the recorded digests. */
export interface Busybox {
  readonly binary: Uint8Array;
  readonly copyright: Uint8Array;
}

const run = promisify(execFile);
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Fetches the recorded package version with apt and takes it apart.
 * @returns the parts, or why the package cannot be had on this machine.
 * @throws CsvReportError `busybox-differs` when a package of that version has other content.
 */
export async function busyboxFromPackage(): Promise<Busybox | { readonly unavailable: string }> {
  const folder = await mkdtemp(join(tmpdir(), "deco-busybox-"));
  try {
    const name = `${record.package}:${record.architecture}=${record.version}`;
    await run("apt-get", ["download", name], { cwd: folder });
    const file = (await readdir(folder)).find((entry) => entry.endsWith(".deb")) ?? "";
    expectDigest(await readFile(join(folder, file)), record.packageSha256, "the package");
    await run("dpkg-deb", ["-x", file, "content"], { cwd: folder });
    return checked(
      await readFile(join(folder, "content", record.binary)),
      await readFile(join(folder, "content", record.copyright)),
    );
  } catch (error) {
    if (error instanceof CsvReportError) throw error;
    return { unavailable: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Takes the same parts out of the committed image.
 * @throws CsvReportError `busybox-differs`.
 */
export async function busyboxFromImage(): Promise<Busybox> {
  const bounds = { maxEntries: 100, maxBytes: MAX_BYTES };
  const found = new Map<string, Buffer>();
  for await (const outer of readTar(createReadStream(IMAGE_FILE), bounds)) {
    if (outer.name !== "layer.tar") continue;
    for await (const entry of readTar(Readable.from(outer.body), bounds)) {
      if (entry.type === "file") found.set(entry.name, await bytesOf(entry.body));
    }
  }
  const none = Buffer.alloc(0);
  return checked(found.get(record.binary) ?? none, found.get(record.copyright) ?? none);
}

function checked(binary: Uint8Array, copyright: Uint8Array): Busybox {
  expectDigest(binary, record.binarySha256, record.binary);
  expectDigest(copyright, record.copyrightSha256, record.copyright);
  return { binary, copyright };
}

function expectDigest(bytes: Uint8Array, expected: string, what: string): void {
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (digest === expected) return;
  throw new CsvReportError(
    "busybox-differs",
    `${what} has the digest ${digest}, recorded is ${expected}`,
    "Look where it came from; record a new version in busybox.json only after review.",
  );
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part.slice());
  return Buffer.concat(parts);
}
