import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  type KeptCheckpoint,
  keepBytes,
  newestKept,
} from "../../../src/engines/kept-checkpoints.ts";
import { describeWithEngine, prepare, SIGNAL, script } from "./support/container-engine.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const BYTES = 4_096;
const checkpoint = { intervalSeconds: 1, bytes: BYTES };
/** Counts to 40, five steps a second, from where its checkpoint says. */
const COUNTING = `
  n=0; [ -f /checkpoint/current ] && read n < /checkpoint/current
  echo from $n
  while [ $n -lt 40 ]; do
    n=$((n+1)); echo $n > /checkpoint/next; busybox mv /checkpoint/next /checkpoint/current; busybox sleep 0.2
  done
  echo $n > /out/n`;

interface Kept {
  readonly folder: string;
  readonly kept: KeptCheckpoint[];
  readonly unkept: string[];
}

async function keeping(): Promise<Kept> {
  return { folder: join(await temporaryFolder(), "kept"), kept: [], unkept: [] };
}

const specOf = ({ folder, kept, unkept }: Kept, resume?: KeptCheckpoint) => ({
  checkpoint: {
    ...{ folder, everyMillis: 300, ...(resume && { resume }) },
    onKept: (each: KeptCheckpoint) => void kept.push(each),
    onUnkept: (detail: string) => void unkept.push(detail),
  },
});

describeWithEngine("a container's checkpoints", () => {
  it("are kept while it runs, and a killed run goes on from the last one", async () => {
    const store = await keeping();
    const program = await prepare({ ...script(COUNTING), checkpoint });
    const crash = new AbortController();
    const first = program.run(undefined, crash.signal, specOf(store));
    await expect.poll(() => store.kept.length, { timeout: 60_000 }).toBeGreaterThan(3);
    crash.abort();
    await expect(first).rejects.toThrow();

    const resume = await newestKept(store.folder, { bytes: BYTES });
    if (!resume) return expect.unreachable();
    const reached = Number(await readFile(resume.path, "utf8"));
    expect(reached).toBeGreaterThan(2);
    const { execution, stdout, outputFolder } = await program.run(
      undefined,
      SIGNAL,
      specOf(store, resume),
    );
    expect(execution).toMatchObject({ kind: "completed", exitCode: 0 });
    expect(stdout).toBe(`from ${reached}\n`);
    expect(await readFile(join(outputFolder, "n"), "utf8")).toBe("40\n");
    expect(store.kept.at(-1)?.sequence).toBeGreaterThan(resume.sequence);
    expect(store.unkept).toEqual([]);
  });

  it.each([
    ["a link to a file of this machine", "busybox ln -s /etc/passwd /checkpoint/current"],
    ["a link that climbs out", "busybox ln -s ../../../../etc/shadow /checkpoint/current"],
    ["a folder", "busybox mkdir /checkpoint/current; echo x > /checkpoint/current/a"],
    ["a pipe", "busybox mkfifo /checkpoint/current"],
    ["more than it may be", "busybox head -c 5000 /dev/zero > /checkpoint/current"],
  ])("are not kept when there is %s in their place", async (_, text) => {
    const store = await keeping();
    const program = await prepare({ ...script(`${text}; busybox sleep 2`), checkpoint });
    const { execution } = await program.run(undefined, SIGNAL, specOf(store));
    expect(execution).toMatchObject({ kind: "completed", exitCode: 0 });
    expect(store.kept).toEqual([]);
    expect(store.unkept.length).toBeGreaterThan(0);
    expect(await newestKept(store.folder, { bytes: BYTES })).toBeUndefined();
  });

  it("have room for two of them and no more", async () => {
    const fill = "busybox head -c 1000000 /dev/zero > /checkpoint/next || echo full";
    const program = await prepare({ ...script(fill), checkpoint });
    const { stdout } = await program.run();
    expect(stdout).toBe("full\n");
  });

  it("have no folder in a program that keeps none", async () => {
    const program = await prepare(script("[ -e /checkpoint ] || echo none"));
    expect((await program.run()).stdout).toBe("none\n");
  });

  it("can be any bytes, which the program alone reads", async () => {
    const store = await keeping();
    await mkdir(store.folder);
    const odd = Buffer.from("../../etc/passwd\0\n$(reboot)");
    const resume = keepBytes(store.folder, odd, { sequence: 7 });
    await writeFile(join(store.folder, "8-x-not-a-checkpoint"), "");
    const program = await prepare({ ...script("busybox cat /checkpoint/current"), checkpoint });
    const { stdout } = await program.run(undefined, SIGNAL, specOf(store, resume));
    expect(stdout).toBe(odd.toString());
    expect(await readdir(store.folder)).toHaveLength(2);
  });
});
