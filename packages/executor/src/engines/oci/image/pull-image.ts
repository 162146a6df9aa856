import { createInterface } from "node:readline";
import { type Daemon, readable, removeImage, statusOf } from "../daemon.ts";
import { describe, imageError, OciError } from "../errors.ts";
import type { RegistryLogin } from "../options.ts";
import type { ArchiveBounds } from "./inspect-archive.ts";
import { type ExpectedImage, expectImage } from "./load-image.ts";

/** What a pull is bounded by, and may log in with. */
export type PullOptions = ArchiveBounds & { readonly registries: readonly RegistryLogin[] };

export interface RegistryImage extends ExpectedImage {
  /** `host/name@sha256:…`: the manifest, by its content. */
  readonly registry: string;
}

const PULL_TIMEOUT_MILLIS = 1_800_000;
const REFERENCE = /^(?<repository>[^@]+)@sha256:[0-9a-f]{64}$/;

/**
 * Pulls an image by digest, names it as this provider's own, and compares its id. What the
 * registry calls it, or lets its tags point to, plays no part.
 * @throws OciError `registry-reference`, `image-pull`, `layer-too-large`, `image-load`.
 */
export async function pullImage(
  daemon: Daemon,
  image: RegistryImage,
  name: string,
  bounds: PullOptions,
  signal: AbortSignal,
): Promise<void> {
  if (!REFERENCE.test(image.registry)) {
    throw new OciError(
      "registry-reference",
      `Image: "${image.registry}" is not a digest reference`,
      {
        reason: "program-invalid",
        remedy: "Name the image as host/name@sha256:….",
      },
    );
  }
  const known = await isKnown(daemon, image.registry, signal);
  await daemon.call(
    "pulling an image",
    signal,
    (abortSignal) => pull(daemon, image.registry, bounds, abortSignal),
    PULL_TIMEOUT_MILLIS,
  );
  try {
    const pulled = daemon.docker.getImage(image.registry);
    const { Size } = await daemon.call("inspecting an image", signal, () => pulled.inspect());
    if (Size > bounds.maxUnpackedBytes) {
      throw imageError(
        "layer-too-large",
        `Image: it unpacks to ${Size} bytes`,
        "Make the image smaller.",
      );
    }
    const at = name.lastIndexOf(":");
    const own = { repo: name.slice(0, at), tag: name.slice(at + 1) };
    await daemon.call("naming an image", signal, () => pulled.tag(own));
  } finally {
    // Leaves the image under this provider's name, or not at all; what was there before stays.
    if (!known) await removeImage(daemon, image.registry);
  }
  await expectImage(daemon, name, image, signal);
}

async function isKnown(daemon: Daemon, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await daemon.call("inspecting an image", signal, () => daemon.docker.getImage(name).inspect());
    return true;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return false;
  }
}

async function request(
  daemon: Daemon,
  reference: string,
  registries: readonly RegistryLogin[],
  abortSignal: AbortSignal,
) {
  const login = registries.find(({ host }) => reference.startsWith(`${host}/`));
  // Sent with this request alone: the engine's own configuration, which containers of others may
  // see, learns nothing.
  const authconfig = login && {
    username: login.username,
    password: login.password,
    serveraddress: login.host,
  };
  try {
    return await daemon.docker.pull(reference, { abortSignal, ...(authconfig && { authconfig }) });
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    throw notPulled(describe(error), error);
  }
}

/** To this provider an image that cannot be fetched is like an input that cannot. */
function notPulled(detail: string, cause?: unknown): OciError {
  return new OciError("image-pull", `Registry: ${detail}`, {
    reason: "input-unavailable",
    remedy: "Check that this machine reaches the registry, and that it has the image.",
    cause,
  });
}

interface Progress {
  readonly id?: string;
  readonly error?: string;
  readonly progressDetail?: {
    readonly current?: number;
    readonly total?: number;
  };
}

async function pull(
  daemon: Daemon,
  reference: string,
  bounds: PullOptions,
  signal: AbortSignal,
): Promise<void> {
  const response = readable(await request(daemon, reference, bounds.registries, signal));
  const cut = () => response.destroy();
  signal.addEventListener("abort", cut, { once: true });
  const sizes = new Map<string, number>();
  try {
    for await (const line of createInterface({ input: response })) {
      if (line.trim() === "") continue;
      const { id, error, progressDetail } = JSON.parse(line) as Progress;
      if (error !== undefined) {
        throw notPulled(error);
      }
      if (id === undefined) continue;
      const { current = 0, total = 0 } = progressDetail ?? {};
      sizes.set(id, Math.max(current, total, sizes.get(id) ?? 0));
      const sum = [...sizes.values()].reduce((all, size) => all + size, 0);
      if (sum > bounds.maxImageBytes) {
        throw imageError(
          "archive-too-large",
          `Registry: the image has more than ${bounds.maxImageBytes} bytes`,
          "Make the image smaller, or ask providers with a higher bound.",
        );
      }
    }
  } finally {
    signal.removeEventListener("abort", cut);
    response.destroy();
  }
}
