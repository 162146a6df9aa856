import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Files in place of those that the container engine would derive from this machine. */
function etcFiles(hostname: string): Record<string, string> {
  return {
    hostname: `${hostname}\n`,
    hosts: `127.0.0.1 localhost ${hostname}\n::1 localhost ${hostname}\n`,
    "resolv.conf": "",
  };
}

/** Folders of this machine that the containers of one prepared program are shown. */
export interface HostFiles {
  /** Holds all the others, and whatever else belongs to the prepared program. */
  readonly base: string;
  readonly etcFolder: string;
  /** Shown as `/in` when a task has no input. */
  readonly emptyFolder: string;
  readonly itemsFolder: string;
  remove(): Promise<void>;
}

/** Makes them below the task's scratch folder, readable for the sandbox's user. */
export async function makeHostFiles(workFolder: string, hostname: string): Promise<HostFiles> {
  await mkdir(workFolder, { recursive: true });
  const base = await mkdtemp(join(workFolder, "oci-"));
  const folder = async (name: string) => {
    const path = join(base, name);
    await mkdir(path);
    await chmod(path, 0o755); // Whatever the process's umask is.
    return path;
  };
  const etcFolder = await folder("etc");
  for (const [name, content] of Object.entries(etcFiles(hostname))) {
    await writeReadable(join(etcFolder, name), content);
  }
  return {
    base,
    etcFolder,
    emptyFolder: await folder("empty"),
    itemsFolder: await folder("items"),
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

/** Writes a file that the sandbox's user can read. */
export async function writeReadable(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content, { flag: "wx" });
  await chmod(path, 0o644);
}
