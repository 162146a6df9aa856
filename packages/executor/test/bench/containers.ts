import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ProgramDocument } from "@deco-network/sdk";
import { sandboxLimits } from "@deco-network/sdk/capacity";
import Docker from "dockerode";
import { ensureDockerEngine } from "../../../../scripts/docker/private-engine.ts";
import { type Figure, median, timed } from "../../../../test/bench/figures.ts";
import { createOciEngine } from "../../src/engines/oci/index.ts";
import { containerConfig } from "../../src/engines/oci/sandbox/container-config.ts";
import { seccompProfile } from "../../src/engines/oci/sandbox/seccomp-profile.ts";
import type { PreparedProgram } from "../../src/index.ts";

const RUNS = 20;
/** Between preparing and running a task is claimed, which takes blocks; what was begun meanwhile is not waited for. */
const CLAIM_MILLIS = 1_000;
const EXAMPLE = new URL("../../../examples/src/csv-report/", import.meta.url);
const SIGNAL = AbortSignal.timeout(600_000);
const [UID, GID] = [65_534, 65_534];

type OciProgram = Extract<ProgramDocument, { engine: "oci" }>;

/**
 * A trivial program in a container by the engine, whose work includes bounding, checking and collecting what it
 * wrote, beside the bare create, start, wait and remove at the same confinement, in turns.
 */
export async function containers(): Promise<Figure[] | { unavailable: string }> {
  const log = (line: string) => process.stderr.write(`  ${line}\n`);
  const dockerd = await ensureDockerEngine({ install: true, log, signal: SIGNAL });
  if ("unavailable" in dockerd) return dockerd;
  const folder = await mkdtemp(join(tmpdir(), "deco-bench-"));
  const docker = new Docker({ socketPath: dockerd.host.slice("unix://".length) });
  const instanceId = `bench${randomBytes(6).toString("hex")}`;
  try {
    const engine = createOciEngine({ instanceId, host: dockerd.host });
    const program = await trivialProgram();
    const artifactPath = fileURLToPath(new URL("image.tar", EXAMPLE));
    let tasks = 0;
    const prepare = () =>
      engine.prepare({ program, artifactPath, workFolder: join(folder, `work${tasks++}`) }, SIGNAL);
    // The image is loaded once and kept while any program uses it.
    const kept = await prepare();
    try {
      const bare = await bareContainer(docker, folder, program);
      const [ours, theirs, around]: [number[], number[], number[]] = [[], [], []];
      for (let run = 0; run < RUNS; run++) {
        let prepared: PreparedProgram | undefined;
        around.push(await timed(async () => (prepared = await prepare())));
        await pause(CLAIM_MILLIS);
        ours.push(await timed(() => byEngine(prepared ?? kept, folder, run)));
        around.push(await timed(() => prepared?.close() ?? Promise.resolve()));
        theirs.push(await timed(() => bare(run)));
      }
      const [engineMillis, bareMillis] = [median(ours), median(theirs)];
      const before = around.reduce((sum, millis) => sum + millis, 0) / RUNS;
      const of =
        `${RUNS} tasks: ${engineMillis.toFixed(0)} ms over ${bareMillis.toFixed(0)} ms bare; ` +
        `${before.toFixed(0)} ms before the claim and after the run`;
      const value = engineMillis / bareMillis;
      return [{ name: "container over bare", value, unit: "ratio", goal: { most: 1.25 }, of }];
    } finally {
      await kept.close();
    }
  } finally {
    await dockerd.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The committed example's image, told to do nothing. */
async function trivialProgram(): Promise<OciProgram> {
  const text = await readFile(new URL("program.json", EXAMPLE), "utf8");
  const { image } = JSON.parse(text) as { image: { id: string } };
  const archive = "bafkreicpmetwisioo5ksr7hnxlptbmqquj6qvkjevwlynmq2jrqq5ehh7q";
  return {
    ...{ deco: "program/1", engine: "oci", image: { archive, id: image.id } },
    ...{ command: ["/bin/busybox", "true"], env: {}, network: "none", stdout: true },
    limits: {
      ...{ memoryBytes: 2 ** 26, outputBytes: 2 ** 20, stdoutBytes: 2 ** 16, diskBytes: 2 ** 20 },
      ...{ wallSeconds: 60, cpuMillis: 2_000, pids: 64 },
    },
  };
}

async function byEngine(prepared: PreparedProgram, folder: string, run: number): Promise<void> {
  const outputFolder = join(folder, `out${run}`);
  await mkdir(outputFolder);
  const execution = await prepared.run({ outputFolder }, SIGNAL);
  if (execution.kind !== "completed" || execution.exitCode !== 0) {
    throw new RangeError("the program did not run");
  }
}

/** Runs the same container with nothing around it; its output folder is a volume that all runs share. */
async function bareContainer(docker: Docker, folder: string, program: OciProgram) {
  const etcFolder = join(folder, "etc");
  const inputFolder = join(folder, "in");
  await mkdir(etcFolder);
  await mkdir(inputFolder);
  for (const name of ["hosts", "hostname", "resolv.conf"])
    await writeFile(join(etcFolder, name), "");
  const { name: outputVolume } = await docker.createVolume({
    DriverOpts: { type: "tmpfs", device: "tmpfs", o: `size=${program.limits.outputBytes}` },
  });
  const { NCPU: hostCores } = (await docker.info()) as { NCPU: number };
  const sandbox = {
    ...{ instanceId: "bench", imageId: program.image.id, command: program.command, env: {} },
    ...{ itemIndex: undefined, limits: sandboxLimits(program), hostname: "deco", cores: undefined },
    ...{ runtime: "runc", uid: UID, gid: GID, seccomp: await seccompProfile(undefined), hostCores },
    checkpointVolume: undefined,
    ...{ inputFolder, itemFile: undefined, outputVolume, etcFolder },
    ...{ scratchVolume: undefined, networkMode: "none", devices: [] },
  };
  return async (run: number): Promise<void> => {
    const container = await docker.createContainer(
      containerConfig({ ...sandbox, name: `bench-${run}` }),
    );
    const exit = container.wait({ condition: "next-exit" });
    await container.start();
    const { StatusCode } = (await exit) as { StatusCode: number };
    if (StatusCode !== 0) throw new RangeError("the program did not run");
    await container.remove();
  };
}
