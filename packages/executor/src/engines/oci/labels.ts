/** Marks containers and volumes with the provider that made them. */
export const INSTANCE_LABEL = "network.deco.instance";
/** What a container or volume is for: `job`, `holder`, `gateway`, `probe`, `output`, `scratch`. */
const ROLE_LABEL = "network.deco.role";

export type Role = "job" | "holder" | "gateway" | "probe" | "output" | "scratch";

export function labels(instanceId: string, role: Role): Record<string, string> {
  return { [INSTANCE_LABEL]: instanceId, [ROLE_LABEL]: role };
}

/**
 * The only name under which this provider loads an image. What the archive calls itself is never
 * used, so a program cannot take over a name that something else on this machine runs by.
 */
export function imageName(instanceId: string, imageId: string): string {
  return `${imageRepository(instanceId)}:${imageId.replace("sha256:", "")}`;
}

export function imageRepository(instanceId: string): string {
  return `deco.local/${instanceId}`;
}

/** The holder's image is the same for all providers of a container engine, and stays. */
export const HOLDER_IMAGE = "deco.local/holder-image:2";
