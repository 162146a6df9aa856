import { tarHeader as header, type TarFile } from "@deco-network/archive";

import { OciError } from "../errors.ts";

export { TAR_END, tarPadding } from "@deco-network/archive";

/**
 * One ustar header. Owner, group and time are zero, so equal contents give equal archives.
 * @throws OciError `tar-malformed` when the name does not fit the plain header.
 */
export function tarHeader(file: TarFile): Uint8Array {
  return header(file, (_, detail) => {
    const remedy = "Use names up to 100 bytes and files below 8 GiB.";
    return new OciError("tar-malformed", detail, { reason: "other", remedy });
  });
}
