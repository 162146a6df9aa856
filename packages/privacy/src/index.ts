export { type KeyKind, type KeyPair, makeKeyPair, recipientOf } from "./age/keys.ts";
export { decryptBytes, decryptStream, encryptBytes, encryptStream } from "./age/streams.ts";
export { type EnvelopeContext, openKey, sealKey } from "./envelope/key-envelope.ts";
export { isPrivacyError, PrivacyError, type PrivacyErrorCode } from "./errors.ts";
export { type OpenedInput, openInput } from "./input/open-input.ts";
export {
  type InputSealing,
  type SealInputOptions,
  sealInput,
  type TaskKeys,
} from "./input/seal-input.ts";
export { resultSaltOf } from "./result/salt.ts";
export {
  type OpenedResult,
  openResult,
  type PlainResult,
  sealResult,
} from "./result/sealed-result.ts";
