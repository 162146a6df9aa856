import { glob, readFile } from "node:fs/promises";
import { join, sep } from "node:path";

import { projectRoot } from "../../lib/project.ts";

export type Manifest = {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

/** A TypeScript file of this repository and where it stands. */
export type SourceFile = {
  /** From the root, with forward slashes. */
  path: string;
  /** Folder below packages/, or undefined for root files. */
  package: string | undefined;
  /** Tests, and scripts that make committed files, may use what shipped code may not. */
  isTest: boolean;
  isScript: boolean;
  /** Of its package. */
  manifest: Manifest;
  /** Of the workspace, whose tools every test may use. */
  rootManifest: Manifest;
};

/** Every TypeScript file of the packages, the root tests and the scripts, with the manifest that rules it. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const patterns = ["packages/*/{src,test,scripts}/**/*.ts", "{test,scripts}/**/*.ts", "*.ts"];
  const rootManifest = await readManifest(".");
  const manifests = new Map<string | undefined, Manifest>([[undefined, rootManifest]]);
  const files: SourceFile[] = [];
  for await (const found of glob(patterns, { cwd: projectRoot })) {
    const path = found.split(sep).join("/");
    // Programs that run inside a sandbox are AssemblyScript.
    if (/^packages\/examples\/src\/[^/]+\/program\//.test(path)) continue;
    const parts = path.split("/");
    const inPackage = parts[0] === "packages" ? parts[1] : undefined;
    const manifest = manifests.get(inPackage) ?? (await readManifest(`packages/${inPackage}`));
    manifests.set(inPackage, manifest);
    const place = inPackage === undefined ? parts[0] : parts[2];
    files.push({
      path,
      package: inPackage,
      isTest: place === "test",
      isScript: place !== "test" && place !== "src",
      manifest,
      rootManifest,
    });
  }
  return files;
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(projectRoot, folder, "package.json"), "utf8")) as Manifest;
}
