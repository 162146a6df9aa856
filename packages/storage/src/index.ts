export { isStorageError, StorageError, type StorageErrorCode } from "./errors.ts";
export type * from "./storage.ts";
