import { bytesToHex, type Hex, hexToBytes } from "viem";

import { P2pError } from "../errors.ts";

/** Bytes that only the holder of one ephemeral key can read. */
export interface SealedBox {
  /** X25519 public key of this box alone. */
  readonly key: Hex;
  /** AES-256-GCM's ciphertext and tag, in base64. */
  readonly sealed: string;
}

/** What opens boxes; made for one question and never stored. */
export interface BoxOpener {
  /** X25519 public key, to be given to whoever seals. */
  readonly key: Hex;
  /**
   * @param context Must be what it was sealed with.
   * @throws P2pError `answer-invalid`
   */
  open(box: SealedBox, context: string): Promise<Uint8Array>;
}

const CURVE = { name: "X25519" } as const;
const KEY_BYTES = 32;
/** Each box has a key of its own, so that its nonce may be constant. */
const NONCE = new Uint8Array(12);

/** Makes a key pair for the answer to one question. */
export async function makeOpener(): Promise<BoxOpener> {
  const pair = await makePair();
  const key = await publicKeyOf(pair);
  return {
    key,
    async open(box, context) {
      try {
        const keys = { asked: key, answered: box.key };
        const secret = await secretOf(pair.privateKey, box.key, keys, context);
        const sealed = fromBase64(box.sealed);
        const algorithm = { name: "AES-GCM", iv: NONCE };
        return new Uint8Array(await crypto.subtle.decrypt(algorithm, secret, sealed));
      } catch (cause) {
        throw new P2pError("answer-invalid", "The sealed answer cannot be opened.", { cause });
      }
    },
  };
}

/**
 * Seals bytes to an ephemeral key: X25519, HKDF-SHA-256 over both public keys and the context, AES-256-GCM.
 * The sender is not proven by it: the signed message around it is what does.
 * @throws P2pError `message-malformed` when the key is none
 */
export async function sealTo(key: Hex, context: string, bytes: Uint8Array): Promise<SealedBox> {
  const pair = await makePair();
  const own = await publicKeyOf(pair);
  let secret: CryptoKey;
  try {
    secret = await secretOf(pair.privateKey, key, { asked: key, answered: own }, context);
  } catch (cause) {
    throw new P2pError("message-malformed", "That is no key to seal an answer to.", { cause });
  }
  const algorithm = { name: "AES-GCM", iv: NONCE };
  const sealed = await crypto.subtle.encrypt(algorithm, secret, Uint8Array.from(bytes));
  return { key: own, sealed: toBase64(new Uint8Array(sealed)) };
}

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

async function makePair(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(CURVE, false, ["deriveBits"])) as CryptoKeyPair;
}

async function publicKeyOf({ publicKey }: CryptoKeyPair): Promise<Hex> {
  return bytesToHex(new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)));
}

async function secretOf(
  privateKey: CryptoKey,
  peer: Hex,
  { asked, answered }: { readonly asked: Hex; readonly answered: Hex },
  context: string,
): Promise<CryptoKey> {
  const { subtle } = crypto;
  const raw = Uint8Array.from(hexToBytes(peer));
  const publicKey = await subtle.importKey("raw", raw, CURVE, false, []);
  const algorithm = { name: "X25519", public: publicKey };
  const shared = new Uint8Array(await subtle.deriveBits(algorithm, privateKey, KEY_BYTES * 8));
  // A point of low order gives a secret that everybody knows.
  if (shared.every((byte) => byte === 0)) throw new RangeError("a key of low order");
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode(`deco/sealed-box/1 ${asked} ${answered} ${context}`);
  return await subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    material,
    { name: "AES-GCM", length: KEY_BYTES * 8 },
    false,
    ["encrypt", "decrypt"],
  );
}
