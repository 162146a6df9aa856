import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";

import * as z from "zod";

import { ExecutorError } from "../errors.ts";
import { type BackupContent, contentSchema } from "./content.ts";

const FORMAT = "encrypted-backup/1";
/** 128 MiB and about half a second a guess. */
const COST = { N: 2 ** 17, r: 8, p: 1 };
/** A file that asks for more work than this is not ours. */
const MAX_COST = { N: 2 ** 20, r: 8, p: 4 };
const [SALT_BYTES, NONCE_BYTES, TAG_BYTES, KEY_BYTES] = [32, 12, 16, 32];

const hex = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * length}}$`));
/** The header is authenticated with the content: nobody lowers its cost unnoticed. */
const headerSchema = z.strictObject({
  deco: z.literal(FORMAT),
  kdf: z.literal("scrypt"),
  N: z.int().min(2).max(MAX_COST.N),
  r: z.int().min(1).max(MAX_COST.r),
  p: z.int().min(1).max(MAX_COST.p),
  salt: hex(SALT_BYTES),
  cipher: z.literal("aes-256-gcm"),
  nonce: hex(NONCE_BYTES),
});
const fileSchema = z.strictObject({
  header: headerSchema,
  /** Ciphertext, then its tag, in base64. */
  sealed: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/),
});
type Header = z.infer<typeof headerSchema>;

/** Encrypts a backup with a password. @returns the file's text */
export async function sealBackup(content: BackupContent, password: string): Promise<string> {
  const header: Header = {
    deco: FORMAT,
    kdf: "scrypt",
    ...COST,
    salt: randomBytes(SALT_BYTES).toString("hex"),
    cipher: "aes-256-gcm",
    nonce: randomBytes(NONCE_BYTES).toString("hex"),
  };
  const nonce = Buffer.from(header.nonce, "hex");
  const cipher = createCipheriv("aes-256-gcm", await keyOf(header, password), nonce);
  cipher.setAAD(authenticated(header));
  const text = Buffer.from(JSON.stringify(content), "utf8");
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return `${JSON.stringify({ header, sealed: sealed.toString("base64") })}\n`;
}

/**
 * Decrypts and checks a backup.
 * @throws ExecutorError `backup-invalid` for what is no backup or is cut short; `backup-locked` for a wrong
 *   password or a changed file, which cannot be told apart
 */
export async function unsealBackup(text: string, password: string): Promise<BackupContent> {
  const { header, sealed } = readFile(text);
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length <= TAG_BYTES) throw invalid("The backup is cut short.");
  const nonce = Buffer.from(header.nonce, "hex");
  const key = await keyOf(header, password);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticated(header));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  let plain: Buffer;
  try {
    plain = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new ExecutorError("backup-locked", "The backup cannot be decrypted.", {
      remedy: "Check the password; if it is right, the file was changed: use another copy.",
      cause,
    });
  }
  const content = contentSchema.safeParse(JSON.parse(plain.toString("utf8")));
  if (!content.success) throw invalid("The backup's content is of another release.", content.error);
  return content.data;
}

function readFile(text: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid("The file is no backup, or is cut short.", cause);
  }
}

/** The header's members in their order of declaration, whatever order the file has. */
function authenticated(header: Header): Buffer {
  return Buffer.from(JSON.stringify(headerSchema.parse(header)), "utf8");
}

function keyOf({ salt, N, r, p }: Header, password: string): Promise<Buffer> {
  const secret = Buffer.from(password.normalize("NFKC"), "utf8");
  // Twice what the algorithm needs, since OpenSSL counts a little more.
  const maxmem = 256 * r * (N + p + 4);
  return new Promise((resolve, reject) => {
    scrypt(secret, Buffer.from(salt, "hex"), KEY_BYTES, { N, r, p, maxmem }, (error, key) =>
      error ? reject(invalid("The backup's key cannot be derived.", error)) : resolve(key),
    );
  });
}

function invalid(message: string, cause?: unknown): ExecutorError {
  return new ExecutorError("backup-invalid", message, {
    remedy: "Use a file of `deco provider backup export`, as it was written.",
    cause,
  });
}
