export type {
  Acceptance,
  EnrolmentResult,
  EnrolmentView,
  KeyStatus,
  NewEnrolment,
} from "./chain/enrolments.ts";
export { enrollKey, getEnrolment, publishAcceptance } from "./chain/enrolments.ts";
export {
  challengeKey,
  lapseChallenge,
  releaseCover,
  revokeKey,
  vouchForKey,
  withdrawBond,
} from "./chain/key-life.ts";
export type { ShownSignature, VerifiedAgain } from "./chain/refute.ts";
export { refuteAttested, registryOf, TRUSTED_OF_KEY, verifyAgain } from "./chain/refute.ts";
export type { Registry, SendingClient } from "./chain/sending.ts";
export type { VerifiedDcap } from "./dcap/verify-dcap.ts";
export { ACCEPTED_TCB, verifyQuote } from "./dcap/verify-dcap.ts";
export type { AttestErrorCode } from "./errors.ts";
export { AttestError } from "./errors.ts";
export type {
  AttestationKind,
  DcapEvidence,
  Evidence,
  KeyBinding,
  PublicPoint,
  TpmEvidence,
} from "./evidence.ts";
export { decodeEvidence, encodeEvidence, KINDS, nonceOf } from "./evidence.ts";
export type { AttestedProof, P256Signature, SignedResult } from "./proof.ts";
export {
  decodeAttestedProof,
  encodeAttestedProof,
  isResultSigned,
  messageOf,
  ORDER,
} from "./proof.ts";
export type { EnrolledKey, Signer } from "./signer/signer.ts";
export { newSoftwareKey, softwareSigner } from "./signer/software-signer.ts";
export type { Challenge } from "./tpm/challenge.ts";
export { checkAnswer, makeChallenge } from "./tpm/challenge.ts";
export { SIMULATED_ROOT } from "./tpm/simulated-endorsement.ts";
export type { SimulatedKey } from "./tpm/simulated-tpm.ts";
export { simulatedTpm } from "./tpm/simulated-tpm.ts";
export { answerChallenge, DEFAULT_PCRS, makeTpmKey, tpmSigner } from "./tpm/tpm-key.ts";
export { MACHINE_TPM } from "./tpm/tpm-tools.ts";
export type { VerifiedTpm } from "./tpm/verify-tpm.ts";
export type { Trust, VerifiedEvidence } from "./verify-evidence.ts";
export { verifyEvidence } from "./verify-evidence.ts";
