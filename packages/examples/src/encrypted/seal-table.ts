import { contextOf, DEGREE, loadLibrary, parametersOf } from "./parameters.ts";
import type { Table } from "./table.ts";

/** What decrypts an answer, and names its columns. It never leaves the requester. */
export interface TableSecret {
  readonly names: readonly string[];
  readonly rows: number;
  /** The secret key, as SEAL writes it. */
  readonly key: Uint8Array;
}

/** A table that only the secret's holder reads. */
export interface SealedTable {
  /** Files of the job's input folder, by path. They say how many columns there are, and nothing of names, rows or values. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly secret: TableSecret;
}

/** Names the ciphertext of a column within `folder`, as the program does. */
export function numbered(folder: string, index: number): string {
  return `${folder}/${String(index).padStart(2, "0")}.seal`;
}

/**
 * Encrypts a table under a key made for it. Check its range first (`checkRange`).
 * Ciphertexts and keys are half as large as they could be: the random half of each is written as its seed.
 */
export async function sealTable(table: Table): Promise<SealedTable> {
  const seal = await loadLibrary();
  const files = new Map<string, Uint8Array>();
  const bare = seal.ComprModeType.none;
  using parameters = parametersOf(seal);
  files.set("parameters.seal", bytesOf(parameters.saveToArray(bare)));
  using context = contextOf(seal);
  using keys = new seal.KeyGenerator(context);
  using secretKey = keys.secretKey();
  using relinearisation = keys.createRelinKeysSerializable();
  files.set("relinearisation-keys.seal", bytesOf(relinearisation.saveToArray(bare)));
  using rotation = keys.createGaloisKeysSerializableWithSteps(Int32Array.from(rotationSteps()));
  files.set("rotation-keys.seal", bytesOf(rotation.saveToArray(bare)));

  using publicKey = keys.createPublicKey();
  using encryptor = new seal.Encryptor(context, publicKey, secretKey);
  using encoder = new seal.BatchEncoder(context);
  for (const [index, values] of table.columns.entries()) {
    // Slots beyond the rows hold zeros, which no sum notices; so nobody sees how many rows there are.
    const slots = new BigInt64Array(DEGREE);
    slots.set(values);
    using plain = new seal.Plaintext();
    encoder.encode(slots, plain);
    using column = encryptor.encryptSymmetricSerializable(plain);
    files.set(numbered("columns", index), bytesOf(column.saveToArray(bare)));
  }
  const { names, rows } = table;
  return { files, secret: { names, rows, key: bytesOf(secretKey.saveToArray(bare)) } };
}

/** The rotations by which a sum over all slots is made: the two halves swapped, and each power of two within a half. */
function rotationSteps(): number[] {
  const steps = [0];
  for (let step = 1; step < DEGREE / 2; step *= 2) steps.push(step);
  return steps;
}

/** A copy: what the library returns may be a view of its own memory. */
function bytesOf(array: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(array);
}
