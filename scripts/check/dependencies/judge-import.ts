import { isBuiltin } from "node:module";
import { posix } from "node:path";

import { mayImport, scope } from "./rules.ts";
import type { SourceFile } from "./workspace.ts";

/** What is wrong with this import, or undefined. */
export function judgeImport(file: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return judgeRelative(file, specifier);
  if (isBuiltin(specifier)) return undefined;
  return judgeBare(file, packageNameOf(specifier));
}

/** Relative imports stay in their package; tests may also share their helpers across packages. */
function judgeRelative(file: SourceFile, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file.path), specifier).split("/");
  const isTestTarget = target[0] === "test" || (target[0] === "packages" && target[2] === "test");
  if (isTestTarget) return file.isTest ? undefined : "only tests import tests";
  const targetPackage = target[0] === "packages" ? target[1] : undefined;
  if (targetPackage === file.package) return undefined;
  if (targetPackage !== undefined) return `import it as ${scope}${targetPackage}`;
  // Tests drive the scripts, and whatever starts containers shares one private engine.
  return file.isTest || target.slice(0, 2).join("/") === "scripts/docker"
    ? undefined
    : "a package imports from outside its folder";
}

function judgeBare(file: SourceFile, name: string): string | undefined {
  const { manifest, rootManifest } = file;
  if (name === manifest.name) return undefined;
  const shipped = !file.isTest && !file.isScript;
  const declared = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...(shipped ? {} : manifest.devDependencies),
    ...(file.isTest ? rootManifest.devDependencies : {}),
  };
  if (!(name in declared)) return `${name} is not declared in its package.json`;
  if (!shipped || !name.startsWith(scope)) return undefined;
  const allowed = mayImport[file.package ?? ""];
  if (allowed === undefined) {
    return `${file.package} has no row in scripts/check/dependencies/rules.ts`;
  }
  return allowed.includes(name.slice(scope.length))
    ? undefined
    : `${file.package} must not know ${name} (scripts/check/dependencies/rules.ts)`;
}

/** @a/b/c → @a/b; a/b → a. */
function packageNameOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
