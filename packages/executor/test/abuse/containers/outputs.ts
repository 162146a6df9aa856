import { cp, lstat, mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inPairs } from "../in-pairs.ts";
import type { Finding } from "../report.ts";
import { type Bench, prepare, program } from "./bench.ts";
import { startToEnd } from "./weakened.ts";

interface OutputProbe {
  readonly script: string;
  /** Whether what was collected shows that it worked. */
  found(folder: string): Promise<boolean>;
}

const entries = async (folder: string) =>
  await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);

async function holdsSecret(folder: string): Promise<boolean> {
  for (const entry of await entries(folder)) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), "utf8");
    if (text.includes("deco-abuse")) return true;
  }
  return false;
}

const holds =
  (is: (stats: Awaited<ReturnType<typeof lstat>>) => boolean) => async (folder: string) => {
    for (const entry of await entries(folder)) {
      if (is(await lstat(join(entry.parentPath, entry.name)))) return true;
    }
    return false;
  };

/** What a program leaves in `/out` for the provider's own process to stumble over. */
export const OUTPUTS: Readonly<Record<string, OutputProbe>> = {
  "link-to-file": { script: "ln -s $SECRET $OUT/link", found: holdsSecret },
  "link-to-folder": { script: "ln -s ${SECRET%/*} $OUT/link", found: holdsSecret },
  "link-upwards": {
    script: "ln -s ../../../../../../../../../../$SECRET $OUT/link",
    found: holdsSecret,
  },
  "link-to-process": { script: "ln -s /proc/$VICTIM/root$SECRET $OUT/link", found: holdsSecret },
  "kept-link": {
    script: "ln -s /etc/passwd $OUT/link; ln -s . $OUT/loop",
    found: holds((stats) => stats.isSymbolicLink()),
  },
  pipe: { script: "mkfifo $OUT/pipe", found: holds((stats) => stats.isFIFO()) },
  "device-node": {
    script: "mknod $OUT/null c 1 3",
    found: holds((stats) => stats.isCharacterDevice()),
  },
  "set-user-id-file": {
    script: "cp /bin/busybox $OUT/suid; chmod 6755 $OUT/suid",
    found: holds((stats) => (Number(stats.mode) & 0o6000) !== 0),
  },
  "name-with-newline": {
    script: 'touch "$OUT/a\nb"',
    found: async (folder) => (await entries(folder)).some(({ name }) => name.includes("\n")),
  },
  "deep-folders": {
    script:
      "d=$OUT; i=0; while [ $i -lt 60 ]; do d=$d/d; i=$((i+1)); done; mkdir -p $d; touch $d/f",
    found: async (folder) =>
      (await entries(folder)).some(({ parentPath }) => parentPath.split("/d").length > 50),
  },
};

const TOOLS =
  "export PATH=/tmp/bin; /bin/busybox mkdir -p /tmp/bin; /bin/busybox --install -s /tmp/bin";
const shell = (script: string) => ["/bin/busybox", "sh", "-c", `${TOOLS}; ${script}; true`];

/**
 * Each in a run of its own. The weakened collector is what a provider would write first: `/out` is
 * a folder of this machine, copied as it is or through its links.
 */
export async function outputFindings(bench: Bench): Promise<Finding[]> {
  const folder = await mkdtemp(join(bench.folder, "outputs-"));
  const shown = await naivelyCollected(bench, folder);
  return await inPairs(Object.entries(OUTPUTS), async ([name, probe]): Promise<Finding> => {
    const prepared = await prepare(bench, program(bench, shell(`OUT=/out; ${probe.script}`)));
    const collected = join(folder, `collected-${name}`);
    try {
      await prepared.run(collected);
    } finally {
      await prepared.close();
    }
    return {
      ...{ name: `output-${name}`, subject: "outputs" },
      succeeded: await probe.found(collected),
      shown: shown.has(name),
    };
  });
}

/** Names of the attempts that work on a naive collector. */
async function naivelyCollected(
  { docker, imageId, machine, runtime }: Bench,
  folder: string,
): Promise<ReadonlySet<string>> {
  const [out, copied] = [join(folder, "out"), join(folder, "copied")];
  for (const name of Object.keys(OUTPUTS)) await mkdir(join(out, name), { recursive: true });
  const scripts = Object.entries(OUTPUTS).map(
    ([name, { script }]) => `OUT=/out/${name}; ${script}`,
  );
  const container = await docker.createContainer({
    ...{ Image: imageId, Entrypoint: shell(scripts.join("\n")), Cmd: [], NetworkDisabled: true },
    Env: Object.entries(machine.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { "network.deco.abuse": "weakened" },
    HostConfig: {
      ...{ Runtime: runtime, NetworkMode: "none", SecurityOpt: ["seccomp=unconfined"] },
      Binds: [`${out}:/out`],
      Tmpfs: { "/tmp": "rw,exec,mode=1777" },
    },
  });
  try {
    await startToEnd(container);
  } finally {
    await container.remove({ force: true, v: true });
  }
  const worked = new Set<string>();
  for (const [name, probe] of Object.entries(OUTPUTS)) {
    const [from, to] = [join(out, name), join(copied, name)];
    // Through its links, as far as they lead anywhere; a pipe cannot be copied at all.
    await cp(from, to, { recursive: true, dereference: true }).catch(() => undefined);
    if ((await probe.found(from)) || (await probe.found(to))) worked.add(name);
  }
  return worked;
}
