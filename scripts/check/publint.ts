import { glob } from "node:fs/promises";
import { dirname, join } from "node:path";

import { publint } from "publint";
import { formatMessage } from "publint/utils";

import { projectRoot } from "../lib/project.ts";
import type { Check } from "./check.ts";

/** What each package exports exists and can be imported as its manifest says. */
export const exportedFiles: Check = {
  name: "publint",
  async run() {
    let files = 0;
    const problems: string[] = [];
    for await (const manifest of glob("packages/*/package.json", { cwd: projectRoot })) {
      files += 1;
      const folder = dirname(manifest);
      const { messages, pkg } = await publint({
        pkgDir: join(projectRoot, folder),
        // As it is here: a package manager's idea of what would be published costs seconds each.
        pack: false,
        level: "warning",
        strict: true,
      });
      for (const message of messages) problems.push(`${folder}: ${formatMessage(message, pkg)}`);
    }
    return { files, problems: problems.join("\n") };
  },
};
