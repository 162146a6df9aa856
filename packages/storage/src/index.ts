export { cidToDigest, digestToCid, MAX_DOCUMENT_BYTES, parseCid } from "./cid.ts";
export { isStorageError, StorageError, type StorageErrorCode } from "./errors.ts";
export { gatewayMultiaddrFromUrl, gatewayUrlFromMultiaddr } from "./gateway/gateway-url.ts";
export type { GatewayErrorCode } from "./gateway/parse-request.ts";
export {
  type Gateway,
  type GatewayOptions,
  type NamedContent,
  startGateway,
} from "./gateway/start-gateway.ts";
export {
  type HashOptions,
  hashBytes,
  hashDocument,
  hashFile,
  hashFolder,
} from "./hash-content.ts";
export { openStorage } from "./open-storage.ts";
export type * from "./storage.ts";
