import { type ArchiveErrorCode, readTar as read, type TarBounds } from "@deco-network/archive";

import { OciError } from "../errors.ts";

export type { TarBounds, TarEntry } from "@deco-network/archive";

/**
 * Reads a tar stream strictly, since the container engine reads the same bytes with its own reader.
 * @throws OciError `tar-malformed`, `tar-too-large`.
 */
export function readTar(source: AsyncIterable<Uint8Array>, bounds: TarBounds) {
  return read(source, bounds, tarFailure);
}

/** An image that is no proper archive is refused alike by every honest provider. */
export function tarFailure(code: ArchiveErrorCode, detail: string): OciError {
  if (code === "tar-too-large") {
    return new OciError(code, detail, {
      reason: "limit-exceeded",
      remedy: "Make the archive smaller, or raise the bound in the engine's options.",
    });
  }
  return new OciError("tar-malformed", detail, {
    reason: "image-invalid",
    remedy: "Build the archive with a plain tar writer (ustar or pax, no sparse files).",
  });
}
