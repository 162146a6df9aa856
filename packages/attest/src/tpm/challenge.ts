import {
  constants,
  createCipheriv,
  createHmac,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
  X509Certificate,
} from "node:crypto";
import { type Hex, hexToBytes } from "viem";

import { AttestError } from "../errors.ts";
import { sized, u32 } from "./write.ts";

const SECRET_BYTES = 32;
const SEED_BYTES = 32;

/** A secret that one TPM alone can read, if it has the named key. */
export interface Challenge {
  /** For the TPM's owner, as tpm2_activatecredential takes it. */
  readonly challenge: Uint8Array;
  /** For the attester: what must come back. */
  readonly secret: Uint8Array;
}

/**
 * Makes a challenge (TPM2_MakeCredential): only the TPM of the endorsement certificate can answer, and it does so only if a key of this
 * name is in it.
 * @param attestationKey TPM2B_NAME, as `verifyEvidence` tells it
 * @param endorsement the TPM's own certificate, DER; its key is RSA
 * @throws AttestError `evidence-invalid`
 */
export function makeChallenge(attestationKey: Hex, endorsement: Uint8Array): Challenge {
  const { publicKey } = new X509Certificate(endorsement);
  if (publicKey.asymmetricKeyType !== "rsa") {
    throw new AttestError(
      "evidence-invalid",
      "The endorsement key is not RSA.",
      "Give the TPM's certificate of its RSA endorsement key.",
    );
  }
  const name = hexToBytes(attestationKey);
  const [secret, seed] = [randomBytes(SECRET_BYTES), randomBytes(SEED_BYTES)];
  const encrypted = publicEncrypt(
    {
      key: publicKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: "sha256",
      oaepLabel: Buffer.from("IDENTITY\0"),
    },
    seed,
  );
  const cipher = createCipheriv(
    "aes-128-cfb",
    derive(seed, "STORAGE", name, 128),
    Buffer.alloc(16),
  );
  const hidden = Buffer.concat([cipher.update(sized(secret)), cipher.final()]);
  const mac = createHmac("sha256", derive(seed, "INTEGRITY", new Uint8Array(), 256));
  const integrity = mac.update(hidden).update(name).digest();
  const credential = Buffer.concat([sized(integrity), hidden]);
  // The tool's own header: magic and version.
  const header = Buffer.concat([u32(0xbadcc0de), u32(1)]);
  const challenge = Buffer.concat([header, sized(credential), sized(encrypted)]);
  return { challenge, secret };
}

/** @throws AttestError `activation-failed` */
export function checkAnswer(secret: Uint8Array, answer: Uint8Array): void {
  if (secret.length === answer.length && timingSafeEqual(secret, answer)) return;
  throw new AttestError(
    "activation-failed",
    "The answer is not the challenge's secret.",
    "Answer the newest challenge, on the machine whose TPM made the evidence.",
  );
}

/** KDFa of the TPM 2.0 library specification, for one block of SHA-256. */
function derive(key: Uint8Array, label: string, context: Uint8Array, bits: number): Buffer {
  const block = createHmac("sha256", key)
    .update(u32(1))
    .update(`${label}\0`)
    .update(context)
    .update(u32(bits))
    .digest();
  return block.subarray(0, bits / 8);
}
