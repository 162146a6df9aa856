import { pathTracer } from "@deco-network/examples";
import { PNG } from "pngjs";

/** Digest of the pixels of a PNG file, whatever its compressor. */
export function pixelsOf(file: Buffer): string {
  const { data } = PNG.sync.read(file);
  // Red, green, blue and an opacity that the renderer does not have.
  return pathTracer.pixelDigest(data.filter((_, index) => index % 4 !== 3));
}
