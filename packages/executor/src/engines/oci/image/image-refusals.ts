import { imageError, OciError } from "../errors.ts";

/** Not the image's fault: a machine of the right kind runs it. */
export function wrongPlatform(found: string, wanted: string): OciError {
  return new OciError("image-platform", `Image: made for ${found}, this machine is ${wanted}`, {
    reason: "engine-unavailable",
    remedy: "Leave the task to providers of that platform.",
  });
}

/** Volumes that an image declares would be unbounded and writable. */
export function ownVolumes(): OciError {
  return imageError(
    "image-volumes",
    "Image: it declares volumes of its own",
    "Build the image without VOLUME.",
  );
}
