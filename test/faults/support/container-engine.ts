import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Dockerd, startDockerd } from "../../../scripts/docker/dockerd.ts";
import { findDockerd } from "../../../scripts/docker/install.ts";
import { isDebianRoot } from "../../../scripts/lib/debian.ts";

/** Why no private engine can be started here; undefined: one can. */
export async function noPrivateEngine(): Promise<string | undefined> {
  if (!(await isDebianRoot())) return "a private dockerd needs root on Debian";
  return (await findDockerd()) ? undefined : "there is no dockerd; install Debian's docker.io";
}

/** A dockerd of the test's own, which it may end and start again. */
export class PrivateEngine {
  readonly #program: string;
  readonly #folder: string;
  #dockerd: Dockerd;

  private constructor(program: string, folder: string, dockerd: Dockerd) {
    this.#program = program;
    this.#folder = folder;
    this.#dockerd = dockerd;
  }

  static async open(): Promise<PrivateEngine> {
    const program = (await findDockerd()) ?? "dockerd";
    const folder = await mkdtemp(join(tmpdir(), "deco-docker-"));
    await writeFile(join(folder, "daemon.json"), "{}\n");
    return new PrivateEngine(program, folder, await startDockerd({ program, folder }));
  }

  get host(): `unix:///${string}` {
    return `unix:///${join(this.#folder, "docker.sock").slice(1)}`;
  }

  async stop(): Promise<void> {
    await this.#dockerd.stop();
  }

  async start(): Promise<void> {
    this.#dockerd = await startDockerd({ program: this.#program, folder: this.#folder });
  }

  async close(): Promise<void> {
    await this.#dockerd.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
