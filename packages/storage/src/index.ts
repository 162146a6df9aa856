export { cidToDigest, digestToCid, MAX_DOCUMENT_BYTES, parseCid } from "./cid.ts";
export { isStorageError, StorageError, type StorageErrorCode } from "./errors.ts";
export { gatewayMultiaddrFromUrl, gatewayUrlFromMultiaddr } from "./gateway/gateway-url.ts";
export { openStorage } from "./open-storage.ts";
export type * from "./storage.ts";
