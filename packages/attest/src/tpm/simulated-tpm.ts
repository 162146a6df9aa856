import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { bytesToHex, type Hex, hexToBytes } from "viem";

import { type KeyBinding, nonceOf, type TpmEvidence } from "../evidence.ts";
import { newSoftwareKey, pointOf, softwareSigner } from "../signer/software-signer.ts";
import { SIMULATED_ENDORSEMENT } from "./simulated-endorsement.ts";
import { OBJECT, parsePublic, pcrPolicy, sha256 } from "./structures.ts";
import { attestOf, eccPublic, ecdsaSignature, pcrSelection, sized } from "./write.ts";

const FIXED = OBJECT.fixedTpm | OBJECT.fixedParent | OBJECT.sensitiveDataOrigin;

/** What the statements of {@link simulatedTpm} may differ in, to see them refused. */
export interface SimulatedFaults {
  readonly nonce?: Uint8Array;
  readonly signingAttributes?: number;
  readonly attestationAttributes?: number;
  readonly authPolicy?: Uint8Array;
}

/** A signing key with evidence in the form of a TPM's. */
export interface SimulatedKey {
  /** Private, PEM. */
  readonly key: string;
  readonly evidence: TpmEvidence;
}

/**
 * Makes a key and the statements of a TPM about it, without any TPM: **it protects nothing**. For local networks, where a newcomer
 * sees the whole way of an attested result without hardware; its endorsement leads to a root of its own that nobody else believes.
 * @param registers values of the registers 0 to 7; default: as after a start that measured nothing
 */
export function simulatedTpm(
  binding: KeyBinding,
  registers: readonly Hex[] = Array.from({ length: 8 }, () => `0x${"00".repeat(32)}` as const),
  faults: SimulatedFaults = {},
): SimulatedKey {
  const key = newSoftwareKey();
  const { point } = softwareSigner(key);
  const raw = ({ x, y }: { readonly x: Hex; readonly y: Hex }) => ({
    x: hexToBytes(x),
    y: hexToBytes(y),
  });
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const attestationKey = eccPublic(
    raw(pointOf(publicKey)),
    faults.attestationAttributes ?? FIXED | OBJECT.restricted | OBJECT.sign | OBJECT.userWithAuth,
    new Uint8Array(),
  );
  const selection = pcrSelection(registers.map((_, index) => index));
  const digest = sha256(Buffer.concat(registers.map((value) => hexToBytes(value))));
  const signingKey = eccPublic(
    raw(point),
    faults.signingAttributes ?? FIXED | OBJECT.sign,
    faults.authPolicy ?? pcrPolicy(selection, digest),
  );
  const { name } = parsePublic(attestationKey, "attestation key");
  const nonce = faults.nonce ?? hexToBytes(nonceOf(binding, point));
  const quote = attestOf("quote", name, nonce, Buffer.concat([selection, sized(digest)]));
  const signed = parsePublic(signingKey, "signing key").name;
  const body = Buffer.concat([sized(signed), sized(qualifiedName(signed))]);
  const certification = attestOf("certify", name, new Uint8Array(), body);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const evidence: TpmEvidence = {
    ...{ deco: "attestation/1", kind: "tpm", provider: binding.provider, key: { ...point } },
    tpm: {
      ...{ quote: text(quote), quoteSignature: text(signatureOf(quote, privateKey)) },
      certification: text(certification),
      certificationSignature: text(signatureOf(certification, privateKey)),
      ...{ signingKey: text(signingKey), attestationKey: text(attestationKey) },
      endorsement: [SIMULATED_ENDORSEMENT],
      pcrs: registers.map((value, index) => ({ index, value: bytesToHex(hexToBytes(value)) })),
    },
  };
  return { key, evidence };
}

function signatureOf(statement: Uint8Array, key: KeyObject): Buffer {
  return ecdsaSignature(sign("sha256", statement, { key, dsaEncoding: "ieee-p1363" }));
}

/** Name of a key under a parent, here of no meaning. */
function qualifiedName(name: Uint8Array): Buffer {
  const digest = createHash("sha256").update(name).digest();
  return Buffer.concat([Buffer.from([0, 0x0b]), digest]);
}
