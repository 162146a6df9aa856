export {
  ArchiveError,
  type ArchiveErrorCode,
  type ArchiveFailure,
  isArchiveError,
} from "./errors.ts";
export { type ArchivePart, packArchive } from "./pack-archive.ts";
export { ByteSource } from "./tar/byte-source.ts";
export { readTar, type TarBounds, type TarEntry, type TarEntryType } from "./tar/read-tar.ts";
export { TAR_END, type TarFile, tarHeader, tarPadding } from "./tar/write-tar.ts";
export { type Unpacked, type UnpackLimits, unpackArchive } from "./unpack-archive.ts";
