import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { projectRoot } from "../../lib/project.ts";
import type { Check } from "../check.ts";
import { importsOf } from "./imports.ts";
import { judgeImport } from "./judge-import.ts";
import { sourceFiles } from "./workspace.ts";

/** Dependencies point one way, and packages reach each other by their names only. */
export const dependencies: Check = {
  name: "dependency direction",
  async run() {
    const files = await sourceFiles();
    const problems: string[] = [];
    for (const file of files) {
      const source = await readFile(join(projectRoot, file.path), "utf8");
      for (const specifier of importsOf(source)) {
        const problem = judgeImport(file, specifier);
        if (problem !== undefined) problems.push(`${file.path}: "${specifier}": ${problem}`);
      }
    }
    return { files: files.length, problems: problems.sort().join("\n") };
  },
};
