import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { createOciEngine } from "../../../../src/engines/oci/index.ts";

/** A provider's process that is to be killed: runs a program of the given file without end. */
const [instanceId = "", host = "", program = "", artifactPath = "", folder = ""] =
  process.argv.slice(2);
const { signal } = new AbortController();
const workFolder = await mkdtemp(join(folder, "work-"));
const outputFolder = join(workFolder, "out");
await mkdir(outputFolder);
const engine = createOciEngine({ instanceId, host });
const spec = { program: JSON.parse(program), artifactPath, workFolder };
const prepared = await engine.prepare(spec, signal);
await prepared.run({ outputFolder }, signal);
