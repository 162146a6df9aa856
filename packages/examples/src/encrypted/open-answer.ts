import { EncryptedError } from "./errors.ts";
import { type Answer, columnAnswer } from "./model.ts";
import { type Context, contextOf, type Library, loadLibrary } from "./parameters.ts";
import { numbered, type TableSecret } from "./seal-table.ts";

/**
 * Decrypts what the program computed.
 * @param read gives an output file by its path, or rejects
 * @throws EncryptedError `secret-malformed`, `result-incomplete`, `result-unreadable`
 */
export async function openAnswer(
  { names, rows, key }: TableSecret,
  read: (path: string) => Promise<Uint8Array>,
): Promise<Answer> {
  const seal = await loadLibrary();
  using context = contextOf(seal);
  using secretKey = new seal.SecretKey();
  try {
    secretKey.loadFromArray(context, Uint8Array.from(key));
  } catch (cause) {
    throw new EncryptedError(
      "secret-malformed",
      "The secret key cannot be read.",
      "Use the file that was written when the table was encrypted.",
      cause,
    );
  }
  using decryptor = new seal.Decryptor(context, secretKey);
  using encoder = new seal.BatchEncoder(context);

  const slotsOf = async (path: string): Promise<BigInt64Array> => {
    const bytes = await read(path).catch((cause: unknown) => {
      throw new EncryptedError(
        "result-incomplete",
        `The result has no ${path}.`,
        "Fetch the task's outputs again, and name their folder.",
        cause,
      );
    });
    using ciphertext = loadCiphertext(seal, context, bytes, path);
    // Without a budget the slots would be noise that looks like numbers.
    if (decryptor.invariantNoiseBudget(ciphertext) < 1) {
      throw unreadable(path, "it was not encrypted under this key, or its noise covers the values");
    }
    using plain = new seal.Plaintext();
    decryptor.decrypt(ciphertext, plain);
    return BigInt64Array.from(encoder.decodeBigInt64(plain) as BigInt64Array);
  };
  /** A sum stands in every slot; one that does not is none. */
  const sumOf = async (path: string): Promise<bigint> => {
    const slots = await slotsOf(path);
    const sum = slots[0] ?? 0n;
    if (slots.some((slot) => slot !== sum)) throw unreadable(path, "it holds no sum");
    return sum;
  };

  const columns: Answer["columns"][number][] = [];
  for (const [index, name] of names.entries()) {
    const sum = await sumOf(numbered("sums", index));
    columns.push(columnAnswer(name, rows, sum, await sumOf(numbered("squares", index))));
  }
  const scores = await slotsOf("scores.seal");
  return { rows, columns, scores: [...scores.subarray(0, rows)] };
}

function loadCiphertext(seal: Library, context: Context, bytes: Uint8Array, path: string) {
  const ciphertext = new seal.Ciphertext();
  try {
    // The library takes no subclass, such as what files are read into.
    ciphertext.loadFromArray(context, Uint8Array.from(bytes));
    return ciphertext;
  } catch (cause) {
    ciphertext.delete();
    throw unreadable(path, "it is no ciphertext under these parameters", cause);
  }
}

function unreadable(path: string, why: string, cause?: unknown): EncryptedError {
  return new EncryptedError(
    "result-unreadable",
    `${path} cannot be decrypted: ${why}.`,
    "Use the secret of this very task. If it is, the providers agreed on a wrong result.",
    cause,
  );
}
