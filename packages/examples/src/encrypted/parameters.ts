import type { MainModule } from "node-seal";
import createLibrary from "node-seal/throws";

/** Coefficients of a polynomial, and slots of a ciphertext: one row takes one. */
export const DEGREE = 8_192;
/** Bits of the primes of the coefficient modulus; the last is for keys only. 218 bits are what 128 bits of security allow. */
export const PRIME_BITS = [54, 54, 54, 56] as const;
/** Bits of the plaintext modulus, a prime that allows slots. */
export const PLAIN_BITS = 40;
/** Half of the plaintext modulus: larger values wrap around. */
export const LARGEST_VALUE = (1_099_511_480_321n - 1n) / 2n;
/** What `outputBytes` of the program has room for. */
export const MAX_COLUMNS = 32;

export type Library = MainModule;
export type Context = InstanceType<Library["SEALContext"]>;

let library: Promise<Library> | undefined;

/** Microsoft SEAL as node-seal compiles it. Loaded once. */
export function loadLibrary(): Promise<Library> {
  library ??= createLibrary();
  return library;
}

/** The parameters of every table. The library itself checks that they have 128 bits of security. */
export function parametersOf(seal: Library) {
  const parameters = new seal.EncryptionParameters(seal.SchemeType.bfv);
  parameters.setPolyModulusDegree(DEGREE);
  parameters.setCoeffModulus(seal.CoeffModulus.Create(DEGREE, Int32Array.from(PRIME_BITS)));
  parameters.setPlainModulus(seal.PlainModulus.Batching(DEGREE, PLAIN_BITS));
  return parameters;
}

export function contextOf(seal: Library) {
  return new seal.SEALContext(parametersOf(seal), true, seal.SecLevelType.tc128);
}
