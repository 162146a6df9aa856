import type { Daemon } from "../daemon.ts";
import { removeImage } from "../daemon.ts";
import { OciError } from "../errors.ts";
import { imageName } from "../labels.ts";
import type { ResolvedOptions } from "../options.ts";
import type { OciProgram } from "../sandbox/limits.ts";
import { wrongPlatform } from "./image-refusals.ts";
import { inspectArchive } from "./inspect-archive.ts";
import { loadImage } from "./load-image.ts";
import { pullImage } from "./pull-image.ts";

/** An image that stays in the container engine until released. */
export interface HeldImage {
  readonly id: string;
  /** Removes the image when nobody else holds it. */
  release(): Promise<void>;
}

/** The images that this process has in the container engine, counted by who needs them. */
export class ImageStore {
  readonly #daemon: Daemon;
  readonly #options: ResolvedOptions;
  readonly #holders = new Map<string, number>();
  /** Loading and removing one image must not overlap, so they wait for each other, by id. */
  readonly #queue = new Map<string, Promise<unknown>>();

  constructor(daemon: Daemon, options: ResolvedOptions) {
    this.#daemon = daemon;
    this.#options = options;
  }

  /**
   * Verifies the program's image and makes it runnable by its id.
   * @throws OciError when it is not the image that the program names, or not fit to run.
   */
  async acquire(
    program: OciProgram,
    artifactPath: string | undefined,
    architecture: string,
    signal: AbortSignal,
  ): Promise<HeldImage> {
    const { id } = program.image;
    await this.#alone(id, async () => {
      try {
        await this.#fetch(program, artifactPath, architecture, signal);
      } catch (error) {
        await this.#removeUnheld(id);
        throw error;
      }
      this.#holders.set(id, (this.#holders.get(id) ?? 0) + 1);
    });
    return { id, release: () => this.#release(id) };
  }

  async #fetch(
    { image }: OciProgram,
    artifactPath: string | undefined,
    architecture: string,
    signal: AbortSignal,
  ): Promise<void> {
    if ("archive" in image) {
      await this.#load(image.id, artifactPath, architecture, signal);
      return;
    }
    const wanted = { ...image, architecture };
    await pullImage(this.#daemon, wanted, this.#name(image.id), this.#options, signal);
  }

  async #load(id: string, path: string | undefined, architecture: string, signal: AbortSignal) {
    if (path === undefined) {
      throw new OciError("archive-unreadable", "Image archive: none was given", {
        reason: "input-unavailable",
        remedy: "Fetch the archive that the program names.",
      });
    }
    const archive = await inspectArchive(path, id, this.#options, signal);
    if (archive.architecture !== architecture) {
      throw wrongPlatform(archive.architecture, architecture);
    }
    await loadImage(this.#daemon, archive, this.#name(id), signal);
  }

  async #release(id: string): Promise<void> {
    await this.#alone(id, async () => {
      this.#holders.set(id, (this.#holders.get(id) ?? 1) - 1);
      await this.#removeUnheld(id);
    });
  }

  async #removeUnheld(id: string): Promise<void> {
    if ((this.#holders.get(id) ?? 0) > 0) return;
    this.#holders.delete(id);
    await removeImage(this.#daemon, this.#name(id)).catch(this.#options.onLeftover);
  }

  #name(id: string): string {
    return imageName(this.#options.instanceId, id);
  }

  async #alone<T>(id: string, action: () => Promise<T>): Promise<T> {
    const before = this.#queue.get(id) ?? Promise.resolve();
    const own = before.then(action, action);
    const settled = own.then(
      () => undefined,
      () => undefined,
    );
    this.#queue.set(id, settled);
    try {
      return await own;
    } finally {
      if (this.#queue.get(id) === settled) this.#queue.delete(id);
    }
  }
}
