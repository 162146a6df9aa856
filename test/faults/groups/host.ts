import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { isDebianRoot } from "../../../scripts/lib/debian.ts";
import { runProcess } from "../../../scripts/lib/run-process.ts";
import { type Fault, PAID, type Places, type Trial } from "../fault.ts";
import { HostLaboratory } from "../support/host-laboratory.ts";

const DISK_BYTES = 64 * 2 ** 20;
const FULL_MILLIS = 4_000;
/** Mounts a small disk over the data folder, in a mount namespace of its own. */
const ON_SMALL_DISK = `mount -t tmpfs -o size=${DISK_BYTES} deco "$0" && exec "$@"`;

async function fillDisk(places: Places, seed: number): Promise<Trial> {
  const lab = await places.use("host", HostLaboratory.open);
  const folder = await lab.folder(`small-disk-${seed}`);
  const through = ["unshare", "-m", "sh", "-c", ON_SMALL_DISK, folder];
  // The whole disk is smaller than what an executor wants free before it takes seats.
  const daemon = await lab.spawn(folder, { through }, { health: { minDiskBytes: 0 } });
  try {
    // The process's own view: nobody else sees the mount. Full before the post, for the work may take less time than the filling.
    const filler = join(`/proc/${daemon.pid}/root`, folder, "filler");
    await fill(filler);
    const task = await lab.post();
    await lab.event(task, "TaskPosted");
    await sleep(FULL_MILLIS);
    await rm(filler);
    const over = performance.now();
    const trial = await lab.trial(daemon, task, over);
    const felt = daemon.codes.some((code) => /failed|crashed/.test(code));
    return felt ? trial : { ...trial, outcome: "not-felt" };
  } finally {
    await lab.stop();
  }
}

/** Writes until nothing more fits. */
async function fill(path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    for (const size of [2 ** 20, 2 ** 12, 1]) {
      const chunk = Buffer.alloc(size, 1);
      while (await fits(file.write(chunk)));
    }
  } finally {
    await file.close();
  }
}

async function fits(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOSPC") return false;
    throw error;
  }
}

function clock(name: string, spec: string, does: string, env: NodeJS.ProcessEnv = {}): Fault {
  return {
    ...{ name: `host-clock-${name}`, group: "host", does, expects: PAID, missing: noFaketime },
    async attempt(places, seed) {
      const lab = await places.use("host", HostLaboratory.open);
      const folder = await lab.folder(`clock-${name}-${seed}`);
      const daemon = await lab.spawn(folder, { through: ["faketime", "-f", spec], env });
      try {
        const task = await lab.post();
        return await lab.trial(daemon, task, performance.now());
      } finally {
        await lab.stop();
      }
    },
  };
}

/** A wrong date is no wrong clock tick: what measures durations goes on as it should. */
const DATE_ONLY = { FAKETIME_DONT_FAKE_MONOTONIC: "1" };

let faketime: Promise<string | undefined> | undefined;

/** Debian's faketime, installed where that may be done. */
function noFaketime(): Promise<string | undefined> {
  faketime ??= findFaketime();
  return faketime;
}

async function findFaketime(): Promise<string | undefined> {
  if (await works("faketime", ["-f", "+1h", "true"])) return undefined;
  const remedy = "install Debian's faketime";
  if (!(await isDebianRoot())) return `there is no faketime; ${remedy}`;
  const install = ["install", "-y", "--no-install-recommends", "faketime"];
  if (await works("apt-get", install)) return undefined;
  await works("apt-get", ["update"]);
  return (await works("apt-get", install)) ? undefined : `faketime does not install; ${remedy}`;
}

async function noNamespaces(): Promise<string | undefined> {
  const able = await works("unshare", ["-m", "sh", "-c", "mount -t tmpfs deco /mnt"]);
  return able ? undefined : "mounting in a namespace of its own is not allowed; run as root";
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  return await runProcess(command, [...args], { env }).then(
    ({ code }) => code === 0,
    () => false,
  );
}

export const HOST_FAULTS: readonly Fault[] = [
  {
    ...{ name: "host-disk-full", group: "host", expects: PAID, missing: noNamespaces },
    does: "the disk of the data folder is full when the task is posted, and for 4 s",
    attempt: fillDisk,
  },
  clock("ahead", "+3h", "the host's clock is three hours ahead", DATE_ONLY),
  clock("behind", "-3h", "the host's clock is three hours behind", DATE_ONLY),
  clock("fast", "+0 x60", "the host's clocks and timers run sixty times as fast"),
];
