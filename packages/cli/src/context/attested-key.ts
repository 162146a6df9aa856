import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Certificates in PEM files: roots of the makers of TPMs. */
export async function readRoots(files: readonly string[]): Promise<X509Certificate[]> {
  return await Promise.all(files.map(async (file) => new X509Certificate(await readFile(file))));
}
