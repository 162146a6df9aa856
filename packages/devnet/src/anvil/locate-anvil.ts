import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { arch, platform } from "node:process";

import { DevnetError } from "../errors.ts";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * Path of the native anvil binary inside its platform package. The npm wrapper is passed by: it
 * would put a second process between us and the pid that `stop` must end.
 * @throws DevnetError `anvil-missing`
 */
export function locateAnvil(): string {
  const name = `@foundry-rs/anvil-${platform}-${ARCHITECTURES[arch] ?? arch}`;
  try {
    // The platform package is a dependency of the wrapper, hence visible only from there.
    const here = createRequire(import.meta.url);
    const wrapper = createRequire(here.resolve("@foundry-rs/anvil/package.json"));
    const folder = dirname(wrapper.resolve(`${name}/package.json`));
    return join(folder, "bin", platform === "win32" ? "anvil.exe" : "anvil");
  } catch (cause) {
    throw new DevnetError("anvil-missing", `The package ${name} is not installed.`, {
      remedy: "Install the workspace again without omitting optional dependencies.",
      cause,
    });
  }
}
