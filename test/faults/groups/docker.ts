import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { encodeDocument, type ProgramDocument, programSchema } from "@deco-network/sdk";
import type { Hash } from "viem";

import { type Fault, PAID, type Places, type Trial } from "../fault.ts";
import { noPrivateEngine, PrivateEngine } from "../support/container-engine.ts";
import { Laboratory } from "../support/laboratory.ts";

/** An image with a shell, and its id. */
const EXAMPLE = new URL("../../../packages/examples/src/csv-report/", import.meta.url);

const AWAY_MILLIS = 1_000;

/** A program that takes longer than a stopping engine gives its containers, which is ten seconds. */
async function addSlowProgram(lab: Laboratory): Promise<Hash> {
  const { storage } = lab.network;
  const visibility = "public" as const;
  const image = await readFile(new URL("image.tar", EXAMPLE));
  const example = await readFile(new URL("program.json", EXAMPLE), "utf8");
  const { id } = (JSON.parse(example) as { image: { id: string } }).image;
  const { cid } = await storage.addBytes(image, { visibility });
  const document: ProgramDocument = {
    ...{ deco: "program/1", engine: "oci", network: "none", env: {}, stdout: true },
    image: { archive: cid, id },
    command: ["/bin/busybox", "sh", "-c", "sleep 14; echo done"],
    limits: {
      ...{ memoryBytes: 2 ** 26, outputBytes: 2 ** 20, stdoutBytes: 2 ** 16, wallSeconds: 60 },
      ...{ cpuMillis: 2_000, pids: 64, diskBytes: 2 ** 20 },
    },
  };
  const bytes = encodeDocument(programSchema, document);
  return (await storage.addDocument(bytes, { visibility })).digest;
}

async function restartEngine(places: Places): Promise<Trial> {
  const lab = await places.use("laboratory", () => Laboratory.open());
  const engine = await PrivateEngine.open();
  try {
    const daemon = await lab.start({ engines: { oci: { host: engine.host } } });
    const program = await addSlowProgram(lab);
    const windows = { commitWindow: 90, claimWindow: 60, rampSeconds: 60 };
    const task = await lab.post({ program, ...windows });
    await lab.event(task, "SeatTaken");
    // The container starts within a moment of the claim.
    await sleep(AWAY_MILLIS);
    await engine.stop();
    await sleep(AWAY_MILLIS);
    await engine.start();
    const trial = await lab.trial(daemon, task, performance.now());
    const felt = daemon.codes.includes("run-interrupted");
    return felt ? trial : { ...trial, outcome: "not-felt" };
  } finally {
    await lab.stop();
    await engine.close();
  }
}

export const DOCKER_FAULTS: readonly Fault[] = [
  {
    ...{ name: "docker-restart", group: "docker", expects: PAID, missing: noPrivateEngine },
    does: "the container engine is stopped in the middle of a run, and started again",
    attempt: restartEngine,
  },
];
