import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { BuildError } from "../build-error.ts";
import { writeOrCheck } from "../compile-module.ts";
import library from "./program/library.json" with { type: "json" };
import toolchain from "./program/toolchain.json" with { type: "json" };
import { MODULE_FILE } from "./program.ts";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("program/", import.meta.url));
const SOURCES = ["main.cpp", "failures.cpp"];

/**
 * Whether the recorded compiler packages are installed and the library's source is there; only they give the recorded bytes.
 * @param source folder with the library's source, undefined when there is none
 * @returns undefined when they are, else what is missing
 */
export async function missingToolchain(source: string | undefined): Promise<string | undefined> {
  for (const [name, version] of Object.entries(toolchain)) {
    const query = run("dpkg-query", ["-W", "-f", "$" + "{Version}", name]);
    const installed = await query.then(({ stdout }) => stdout).catch(() => "nothing");
    if (installed !== version) return `${name} ${version} is needed, ${installed} is installed`;
  }
  const { repository, tag, commit } = library;
  const wanted = `SEAL_SOURCE must name a clone of ${repository} with ${tag} (${commit}) in it`;
  if (source === undefined) return wanted;
  const found = await run("git", ["-C", source, "cat-file", "-t", commit]).catch(() => undefined);
  return found?.stdout.trim() === "commit" ? undefined : wanted;
}

/**
 * Compiles Microsoft SEAL and the program to one WASI command.
 * @param source a clone of the library's repository
 * @throws BuildError `compile-failed`
 */
export async function compileEncrypted(source: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "deco-encrypted-"));
  try {
    await cp(PROGRAM, join(folder, "program"), { recursive: true });
    // What the commit holds, whatever the clone's work tree looks like.
    const { commit } = library;
    const archive = join(folder, "seal.tar");
    await run("git", ["-C", source, "archive", "-o", archive, commit, "native/src"]);
    await mkdir(join(folder, "seal"));
    await run("tar", ["-xf", archive, "-C", join(folder, "seal")]);
    await compile(folder);
    return await readFile(join(folder, "encrypted.wasm"));
  } catch (cause) {
    const { stderr } = cause as { stderr?: string };
    throw new BuildError("compile-failed", "encrypted.wasm does not compile", stderr ?? `${cause}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(folder: string): Promise<void> {
  const here = { cwd: folder };
  const native = "seal/native/src";
  const sources = SOURCES.map((name) => `program/${name}`);
  for (const part of ["seal", "seal/util"]) {
    const names = (await readdir(join(folder, native, part))).sort();
    for (const name of names) {
      if (/\.(c|cpp)$/.test(name)) sources.push(`${native}/${part}/${name}`);
    }
  }
  const includes = ["program/single-thread", "program", native].map((path) => `-I${path}`);
  // The library asks for a system that it knows; of those it names, this one changes nothing but its answer.
  const flags = ["--target=wasm32-wasi", "-O2", "-DEMSCRIPTEN", ...includes];
  const objects: string[] = [];
  for (const [index, source] of sources.entries()) {
    const object = `${index}.o`;
    const isC = source.endsWith(".c");
    // Throwing is kept, catching is not: see program/failures.cpp.
    const language = isC ? [] : ["-std=c++17", "-fexceptions"];
    const compiler = isC ? "clang-14" : "clang++-14";
    await run(compiler, [...flags, ...language, "-c", source, "-o", object], here);
    objects.push(object);
  }
  const linking = ["-Wl,--strip-all", "-Wl,--gc-sections", "-Wl,-z,stack-size=1048576"];
  const target = ["--target=wasm32-wasi", "-O2", "-o", "encrypted.wasm"];
  await run("clang++-14", [...target, ...objects, ...linking], here);
}

if (import.meta.main) {
  const source = process.env["SEAL_SOURCE"];
  const missing = await missingToolchain(source);
  if (missing === undefined && source !== undefined) {
    await writeOrCheck(MODULE_FILE, await compileEncrypted(source));
  } else {
    process.stdout.write(`encrypted.wasm was not rebuilt: ${missing}\n`);
    if (!process.argv.includes("--check")) process.exitCode = 1;
  }
}
