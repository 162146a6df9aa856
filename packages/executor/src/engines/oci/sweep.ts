import { type Daemon, removeContainer, removeImage, removeVolume } from "./daemon.ts";
import { INSTANCE_LABEL, imageRepository } from "./labels.ts";

/**
 * Removes what an earlier process of the same instance left in the container engine; to be
 * called before this process makes anything there. Images may stay, for whoever takes them up. Other instances' things are not touched.
 */
export async function sweepLeftovers(
  daemon: Daemon,
  instanceId: string,
  signal: AbortSignal,
  { images: withImages = true }: { readonly images?: boolean } = {},
): Promise<void> {
  const filters = { label: [`${INSTANCE_LABEL}=${instanceId}`] };

  const containers = await daemon.call("listing containers", signal, () =>
    daemon.docker.listContainers({ all: true, filters }),
  );
  for (const { Id } of containers) await removeContainer(daemon, Id);

  const { Volumes } = await daemon.call("listing volumes", signal, () =>
    daemon.docker.listVolumes({ filters }),
  );
  for (const { Name } of Volumes ?? []) await removeVolume(daemon, Name);

  if (!withImages) return;
  const images = await daemon.call("listing images", signal, () =>
    daemon.docker.listImages({ filters: { reference: [imageRepository(instanceId)] } }),
  );
  for (const { RepoTags } of images) {
    for (const name of RepoTags ?? []) await removeImage(daemon, name);
  }
}
