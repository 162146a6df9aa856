import { readFile, writeFile } from "node:fs/promises";
import { type BuiltImage, buildImageArchive, type ImageFile } from "@deco-network/executor/oci";
import record from "./busybox.json" with { type: "json" };
import { type Busybox, busyboxFromImage, busyboxFromPackage } from "./busybox.ts";
import { CsvReportError } from "./errors.ts";
import { IMAGE_FILE, PROGRAM_FILE } from "./files.ts";

const PROGRAM = new URL("./program/", import.meta.url);

/**
 * Builds the image of the CSV report: Debian's static busybox, three small scripts, and the
 * licence texts. The same parts give the same bytes, hence the same id, on every machine.
 */
export async function buildImage(busybox: Busybox): Promise<BuiltImage> {
  const own = (name: string) => readFile(new URL(name, PROGRAM));
  return buildImageArchive({
    architecture: "amd64",
    name: "deco/csv-report:1",
    files: [
      ...folders("app", "bin", "usr", "usr/share", "usr/share/common-licenses"),
      ...folders("usr/share/doc", "usr/share/doc/busybox-static"),
      { path: "app/csv-report", type: "file", mode: 0o755, bytes: await own("csv-report") },
      { path: "app/groups.awk", type: "file", mode: 0o644, bytes: await own("groups.awk") },
      { path: "app/report.awk", type: "file", mode: 0o644, bytes: await own("report.awk") },
      { path: record.binary, type: "file", mode: 0o755, bytes: busybox.binary },
      { path: record.copyright, type: "file", mode: 0o644, bytes: busybox.copyright },
      {
        path: "usr/share/common-licenses/GPL-2",
        type: "file",
        mode: 0o644,
        bytes: await own("GPL-2"),
      },
    ],
  });
}

function folders(...paths: string[]): ImageFile[] {
  return paths.map((path) => ({ path, type: "directory", mode: 0o755 }));
}

/** @throws CsvReportError `image-differs`. */
async function check(built: BuiltImage): Promise<void> {
  const program: { image?: { id?: string } } = JSON.parse(await readFile(PROGRAM_FILE, "utf8"));
  const committed = await readFile(IMAGE_FILE);
  if (Buffer.compare(committed, built.archive) === 0 && program.image?.id === built.id) return;
  throw new CsvReportError(
    "image-differs",
    `image.tar or the id in program.json is not what the sources give (${built.id})`,
    "Run build-image.ts without --check and commit image.tar and program.json.",
  );
}

async function write(built: BuiltImage): Promise<void> {
  const program = await readFile(PROGRAM_FILE, "utf8");
  await writeFile(PROGRAM_FILE, program.replace(/"sha256:[0-9a-f]*"/, `"${built.id}"`));
  await writeFile(IMAGE_FILE, built.archive);
}

if (import.meta.main) {
  const fetched = await busyboxFromPackage();
  const fromPackage = "binary" in fetched;
  const built = await buildImage(fromPackage ? fetched : await busyboxFromImage());
  if (process.argv.includes("--check")) await check(built);
  else await write(built);
  const origin = fromPackage
    ? `${record.package} ${record.version} as fetched`
    : `busybox as committed, its package not being available: ${fetched.unavailable.trim()}`;
  process.stdout.write(`image.tar: ${built.id}, ${built.archive.length} bytes, from ${origin}\n`);
}
