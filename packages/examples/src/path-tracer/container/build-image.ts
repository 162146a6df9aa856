import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { type BuiltImage, buildImageArchive } from "@deco-network/executor/oci";

import { PathTracerError } from "../errors.ts";
import { MODULE_FILE } from "../module-file.ts";
import { IMAGE_FILE, IMAGE_ID_FILE } from "./files.ts";
import toolchain from "./toolchain.json" with { type: "json" };

const run = promisify(execFile);
const RUNTIME = "/usr/share/wabt/wasm2c";

/** `image-differs`: the committed image is not what its sources give. */
class ImageError extends PathTracerError {
  override readonly name = "ImageError";
  declare readonly code: "image-differs";
}

/**
 * Whether the recorded compiler packages are installed; only they give the recorded bytes.
 * @returns undefined when they are, else what is missing
 */
export async function missingToolchain(): Promise<string | undefined> {
  for (const [name, version] of Object.entries(toolchain)) {
    const query = run("dpkg-query", ["-W", "-f", "$" + "{Version}", name]);
    const installed = await query.then(({ stdout }) => stdout).catch(() => "nothing");
    if (installed !== version) return `${name} ${version} is needed, ${installed} is installed`;
  }
  return undefined;
}

/**
 * Builds the container that renders what the WebAssembly module renders: the module translated to
 * C by wabt's wasm2c, with the WASI calls of `wasi.c`, as one static program. Same module, hence
 * the same arithmetic and the same pixels.
 */
export async function buildImage(): Promise<BuiltImage> {
  const folder = await mkdtemp(join(tmpdir(), "deco-path-tracer-"));
  try {
    const source = new URL("./wasi.c", import.meta.url);
    await copyFile(source, join(folder, "wasi.c"));
    await copyFile("/usr/include/wasm-rt.h", join(folder, "wasm-rt.h"));
    for (const name of ["wasm-rt-impl.c", "wasm-rt-impl.h"]) {
      await copyFile(join(RUNTIME, name), join(folder, name));
    }
    await copyFile(MODULE_FILE, join(folder, "path-tracer.wasm"));
    const inFolder = { cwd: folder };
    await run("wasm2c", ["-n", "pathtracer", "-o", "path-tracer.c", "path-tracer.wasm"], inFolder);
    const sources = ["path-tracer.c", "wasi.c", "wasm-rt-impl.c"];
    // Contracted multiplications and additions would round otherwise than WebAssembly does.
    const flags = ["-static", "-O2", "-ffp-contract=off", "-Wl,--build-id=none", "-s"];
    await run("musl-gcc", [...flags, "-o", "path-tracer", ...sources, "-lm"], inFolder);
    const licence = (name: string) => readFile(`/usr/share/doc/${name}/copyright`);
    const directory = (path: string) => ({ path, type: "directory", mode: 0o755 }) as const;
    const file = (path: string, mode: number, bytes: Uint8Array) =>
      ({ path, type: "file", mode, bytes }) as const;
    return buildImageArchive({
      architecture: "amd64",
      name: "deco/path-tracer:1",
      files: [
        ...["app", "usr", "usr/share", "usr/share/doc"].map(directory),
        ...["usr/share/doc/musl", "usr/share/doc/wabt"].map(directory),
        file("app/path-tracer", 0o755, await readFile(join(folder, "path-tracer"))),
        file("usr/share/doc/musl/copyright", 0o644, await licence("musl-dev")),
        file("usr/share/doc/wabt/copyright", 0o644, await licence("wabt")),
      ],
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws ImageError `image-differs` */
async function check(built: BuiltImage): Promise<void> {
  const same = Buffer.compare(await readFile(IMAGE_FILE), built.archive) === 0;
  const id = (await readFile(IMAGE_ID_FILE, "utf8")).trim();
  if (same && id === built.id) return;
  throw new ImageError(
    "image-differs",
    `image.tar or image-id.txt is not what the sources give (${built.id})`,
    "Run build-image.ts without --check and commit both.",
  );
}

if (import.meta.main) {
  const missing = await missingToolchain();
  if (missing === undefined) {
    const built = await buildImage();
    if (process.argv.includes("--check")) {
      await check(built);
    } else {
      await writeFile(IMAGE_FILE, built.archive);
      await writeFile(IMAGE_ID_FILE, `${built.id}\n`);
    }
    process.stdout.write(`image.tar: ${built.id}, ${built.archive.length} bytes\n`);
  } else {
    process.stdout.write(`image.tar was not rebuilt: ${missing}\n`);
    if (!process.argv.includes("--check")) process.exitCode = 1;
  }
}
