import type { OciProgram } from "@deco-network/sdk/capacity";
import { type Daemon, NEVER, removeImage } from "../daemon.ts";
import { OciError } from "../errors.ts";
import { imageName, imageRepository } from "../labels.ts";
import type { ResolvedOptions } from "../options.ts";
import { IdleImages } from "./idle-images.ts";
import { wrongPlatform } from "./image-refusals.ts";
import { inspectArchive } from "./inspect-archive.ts";
import { expectImage, loadImage } from "./load-image.ts";
import { pullImage } from "./pull-image.ts";

/** An image that stays in the container engine until released. */
export interface HeldImage {
  readonly id: string;
  /** Lets the image go when nobody else holds it. */
  release(): Promise<void>;
}

/** The images that this process has in the container engine, counted by who needs them; some stay for later programs. */
export class ImageStore {
  readonly #daemon: Daemon;
  readonly #options: ResolvedOptions;
  readonly #holders = new Map<string, number>();
  readonly #idle: IdleImages;
  /** References under which images of registries were pulled by this process, by their ids. */
  readonly #pulled = new Map<string, Set<string>>();
  /** Loading and removing one image must not overlap, so they wait for each other, by id. */
  readonly #queue = new Map<string, Promise<unknown>>();

  constructor(daemon: Daemon, options: ResolvedOptions) {
    this.#daemon = daemon;
    this.#options = options;
    this.#idle = new IdleImages(options.keepImageBytes);
  }

  /** Takes up what an earlier process of the same instance kept; to be called before anything is acquired. */
  async adopt(signal: AbortSignal): Promise<void> {
    const repository = imageRepository(this.#options.instanceId);
    const images = await this.#daemon.call("listing images", signal, () =>
      this.#daemon.docker.listImages({ filters: { reference: [repository] } }),
    );
    for (const { Id, Size, RepoTags } of images) {
      const own = this.#name(Id);
      if (RepoTags?.includes(own)) this.#idle.add(Id, Size);
      // A name of ours on another image was never finished.
      for (const name of RepoTags ?? []) {
        if (name !== own && name.startsWith(`${repository}:`))
          await removeImage(this.#daemon, name);
      }
    }
    await this.trim();
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
      const isHere = await this.#isHere(program, architecture, signal);
      try {
        if (!isHere) await this.#fetch(program, artifactPath, architecture, signal);
      } catch (error) {
        await this.#removeUnheld(id);
        throw error;
      }
      this.#idle.delete(id);
      this.#holders.set(id, (this.#holders.get(id) ?? 0) + 1);
      const type = isHere ? "hit" : "miss";
      this.#options.onImage({ type, bytes: await this.#size(id) });
    });
    return { id, release: () => this.#release(id) };
  }

  /** Removes images that nobody holds until no more than so many bytes of them are left. */
  async trim(maxBytes?: number): Promise<void> {
    for (const { id, bytes } of this.#idle.takeSurplus(maxBytes)) {
      await this.#alone(id, () => this.#removeUnheld(id));
      this.#options.onImage({ type: "evicted", bytes });
    }
  }

  /**
   * Whether the engine still has what was verified when it came: an id is the digest of an image's content. An image of a registry
   * counts only under the reference by which this process pulled it, so that who knows an id alone is given nothing.
   */
  async #isHere(
    { image }: OciProgram,
    architecture: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { id } = image;
    if (!this.#idle.has(id) && !this.#holders.get(id)) return false;
    if ("registry" in image && !this.#pulled.get(id)?.has(image.registry)) return false;
    try {
      await expectImage(this.#daemon, this.#name(id), { id, architecture }, signal);
      return true;
    } catch (error) {
      // Somebody removed it, or it is for another machine: what follows says so.
      if (error instanceof OciError) return false;
      throw error;
    }
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
    const references = this.#pulled.get(image.id) ?? new Set();
    this.#pulled.set(image.id, references.add(image.registry));
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
      const left = (this.#holders.get(id) ?? 1) - 1;
      this.#holders.set(id, left);
      if (left > 0) return;
      this.#holders.delete(id);
      if (this.#options.keepImageBytes === 0) await this.#removeUnheld(id);
      else this.#idle.add(id, await this.#size(id));
    });
    await this.trim();
  }

  async #removeUnheld(id: string): Promise<void> {
    if ((this.#holders.get(id) ?? 0) > 0 || this.#idle.has(id)) return;
    this.#holders.delete(id);
    this.#pulled.delete(id);
    await removeImage(this.#daemon, this.#name(id)).catch(this.#options.onLeftover);
  }

  /** Of an image that is here; what cannot be told counts as nothing. */
  async #size(id: string): Promise<number> {
    try {
      const image = this.#daemon.docker.getImage(this.#name(id));
      return (await this.#daemon.call("inspecting an image", NEVER, () => image.inspect())).Size;
    } catch (error) {
      this.#options.onLeftover(error);
      return 0;
    }
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
