export { memoryReservationBytes, type OciProgram, sandboxLimits } from "@deco-network/sdk/capacity";
export { createOciEngine } from "./create-oci-engine.ts";
export { OciError, type OciErrorCode } from "./errors.ts";
export {
  type BuiltImage,
  buildImageArchive,
  type ImageFile,
  type ImageSource,
} from "./image/build-archive.ts";
export type { ImageEvent, OciEngineOptions, OciRuntime, RegistryLogin } from "./options.ts";
export { readTar, type TarBounds, type TarEntry } from "./tar/read-tar.ts";
