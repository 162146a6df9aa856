import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

import { AttestError } from "../errors.ts";
import type { PublicPoint } from "../evidence.ts";
import { withLowS } from "../proof.ts";
import type { Signer } from "./signer.ts";

/** A new key on P-256, in PEM (PKCS #8). Whoever reads it signs: for local networks only. */
export function newSoftwareKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A signer whose key is in this process. @throws AttestError `signer-invalid` */
export function softwareSigner(pem: string): Signer {
  const key = privateKeyOf(pem);
  return {
    kind: "software",
    point: pointOf(key),
    async sign(message) {
      const raw = sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
      return withLowS({ r: raw.subarray(0, 32), s: raw.subarray(32) });
    },
  };
}

/** The public point of a key. @throws AttestError `signer-invalid` when it is not on P-256 */
export function pointOf(key: KeyObject): PublicPoint {
  const { crv, x, y } = key.export({ format: "jwk" });
  if (crv !== "P-256" || x === undefined || y === undefined) throw invalid();
  const hex = (part: string): `0x${string}` =>
    `0x${Buffer.from(part, "base64url").toString("hex")}`;
  return { x: hex(x), y: hex(y) };
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw invalid(cause);
  }
}

function invalid(cause?: unknown): AttestError {
  return new AttestError(
    "signer-invalid",
    "The file holds no private key on P-256.",
    "Give a key in PEM, PKCS #8, as openssl genpkey -algorithm EC writes it.",
    cause,
  );
}
