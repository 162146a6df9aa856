import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesToHex, type Hex } from "viem";

import { AttestError } from "../errors.ts";
import { type KeyBinding, nonceOf, type PublicPoint, type TpmEvidence } from "../evidence.ts";
import { withLowS } from "../proof.ts";
import type { Signer } from "../signer/signer.ts";
import { ByteReader } from "./byte-reader.ts";
import { parsePublic } from "./structures.ts";
import { MACHINE_TPM, type Tcti, type TpmTool, tpmTools } from "./tpm-tools.ts";

/** Firmware, its settings, boot loader and their policy: what starts before the system, and the kernel that it started. */
export const DEFAULT_PCRS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const SETTINGS = "tpm.json";
/** Serial: a TPM does one thing at a time, and tools leave objects in one without a resource manager. */
const turns = new Map<Tcti, Promise<unknown>>();

interface TpmSettings {
  readonly tcti: Tcti;
  readonly pcrs: readonly number[];
}

/**
 * Makes a signing key in a TPM, which signs only while the registers have their present values, and the evidence for it.
 * @param folder is made; receives what loads the key again, of use with this TPM only
 * @param endorsement certificates of the TPM in DER, its own first
 */
export async function makeTpmKey(
  folder: string,
  binding: KeyBinding,
  endorsement: readonly Uint8Array[],
  { tcti = MACHINE_TPM, pcrs = [...DEFAULT_PCRS] }: Partial<TpmSettings> = {},
): Promise<TpmEvidence> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const tool = frugal(tpmTools(folder, tcti));
  const list = pcrList(pcrs);
  const read = (name: string) => readFile(join(folder, name));
  return await inTurn(tcti, tool, async () => {
    await tool("tpm2_createek", "-c", "ek.ctx", "-G", "rsa", "-u", "ek.pub");
    const scheme = ["-G", "ecc", "-g", "sha256", "-s", "ecdsa"];
    await tool("tpm2_createak", "-C", "ek.ctx", "-c", "ak.ctx", ...scheme, "-u", "ak.pub");
    await tool("tpm2_createpolicy", "--policy-pcr", "-l", list, "-L", "pcr.policy");
    await primary(tool);
    const attributes = "fixedtpm|fixedparent|sensitivedataorigin|sign";
    const kind = ["-G", "ecc256:ecdsa-sha256", "-L", "pcr.policy", "-a", attributes];
    await tool("tpm2_create", "-C", "primary.ctx", ...kind, "-u", "key.pub", "-r", "key.priv");
    await tool(
      "tpm2_load",
      "-C",
      "primary.ctx",
      "-u",
      "key.pub",
      "-r",
      "key.priv",
      "-c",
      "key.ctx",
    );
    const certified = ["-o", "certify.attest", "-s", "certify.sig", "-g", "sha256"];
    await tool("tpm2_certify", "-c", "key.ctx", "-C", "ak.ctx", ...certified);
    const signingKey = withoutSize(await read("key.pub"));
    const point = pointOf(signingKey);
    const nonce = nonceOf(binding, point).slice(2);
    await tool("tpm2_pcrread", list, "-o", "pcrs.bin");
    const quoted = ["-q", nonce, "-m", "quote.attest", "-s", "quote.sig", "-g", "sha256"];
    await tool("tpm2_quote", "-c", "ak.ctx", "-l", list, ...quoted);
    await writeFile(join(folder, SETTINGS), JSON.stringify({ tcti, pcrs }), { mode: 0o600 });
    const text = async (name: string) => (await read(name)).toString("base64");
    const values = await read("pcrs.bin");
    return {
      ...{ deco: "attestation/1", kind: "tpm", provider: binding.provider, key: { ...point } },
      tpm: {
        ...{ quote: await text("quote.attest"), quoteSignature: await text("quote.sig") },
        certification: await text("certify.attest"),
        certificationSignature: await text("certify.sig"),
        signingKey: signingKey.toString("base64"),
        attestationKey: withoutSize(await read("ak.pub")).toString("base64"),
        endorsement: endorsement.map((der) => Buffer.from(der).toString("base64")),
        pcrs: pcrs.map((index, at) => ({ index, value: registerAt(values, at) })),
      },
    };
  });
}

/**
 * Opens the key that {@link makeTpmKey} made in a folder.
 * @throws AttestError `signer-invalid`
 */
export async function tpmSigner(folder: string): Promise<Signer> {
  const { settings, point } = await opened(folder);
  const { tcti, pcrs } = settings;
  return {
    kind: "tpm",
    point,
    async sign(message, signal) {
      const tool = frugal(tpmTools(folder, tcti, signal));
      return await inTurn(tcti, tool, async () => {
        await primary(tool);
        const parts = ["-u", "key.pub", "-r", "key.priv", "-c", "key.ctx"];
        await tool("tpm2_load", "-C", "primary.ctx", ...parts);
        await writeFile(join(folder, "message.bin"), message);
        await tool("tpm2_startauthsession", "--policy-session", "-S", "session.ctx");
        try {
          await tool("tpm2_policypcr", "-S", "session.ctx", "-l", pcrList(pcrs));
          const how = [
            "-g",
            "sha256",
            "-f",
            "tss",
            "-o",
            "message.sig",
            "-p",
            "session:session.ctx",
          ];
          await tool("tpm2_sign", "-c", "key.ctx", ...how, "message.bin");
        } finally {
          await tool("tpm2_flushcontext", "session.ctx").catch(() => undefined);
        }
        const reader = new ByteReader(await readFile(join(folder, "message.sig")), "signature");
        // Scheme and hash.
        reader.take(4);
        const [r, s] = [reader.sized(), reader.sized()];
        reader.end();
        return withLowS({ r, s });
      });
    },
  };
}

/**
 * Answers an attester's challenge: shows that the attestation key is in the TPM of the endorsement certificate.
 * @param challenge as `makeChallenge` made it
 * @returns the secret in it
 * @throws AttestError `tpm-failed`: it was made for another TPM or key
 */
export async function answerChallenge(folder: string, challenge: Uint8Array): Promise<Uint8Array> {
  const { tcti } = (await opened(folder)).settings;
  const tool = frugal(tpmTools(folder, tcti));
  await writeFile(join(folder, "challenge.bin"), challenge);
  return await inTurn(tcti, tool, async () => {
    await tool("tpm2_startauthsession", "--policy-session", "-S", "session.ctx");
    try {
      await tool("tpm2_policysecret", "-S", "session.ctx", "-c", "e");
      const how = ["-i", "challenge.bin", "-o", "answer.bin", "-P", "session:session.ctx"];
      await tool("tpm2_activatecredential", "-c", "ak.ctx", "-C", "ek.ctx", ...how);
    } finally {
      await tool("tpm2_flushcontext", "session.ctx").catch(() => undefined);
    }
    return await readFile(join(folder, "answer.bin"));
  });
}

async function opened(
  folder: string,
): Promise<{ readonly settings: TpmSettings; readonly point: PublicPoint }> {
  try {
    const settings = JSON.parse(await readFile(join(folder, SETTINGS), "utf8")) as TpmSettings;
    return { settings, point: pointOf(withoutSize(await readFile(join(folder, "key.pub")))) };
  } catch (cause) {
    throw new AttestError(
      "signer-invalid",
      `${folder} holds no key of a TPM.`,
      "Make one with deco attest quote.",
      cause,
    );
  }
}

/** The parent of the key, the same each time: it follows from the TPM's owner seed. */
async function primary(tool: TpmTool): Promise<void> {
  await tool("tpm2_createprimary", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", "primary.ctx");
}

/** A tool that leaves no object in the TPM, which has room for three: all that is used again is in files. */
function frugal(tool: TpmTool): TpmTool {
  return async (name, ...args) => {
    try {
      await tool(name, ...args);
    } finally {
      await forget(tool);
    }
  };
}

/** Frees what tools left in a TPM without a resource manager. */
async function forget(tool: TpmTool): Promise<void> {
  await tool("tpm2_flushcontext", "-t").catch(() => undefined);
}

async function inTurn<T>(tcti: Tcti, tool: TpmTool, work: () => Promise<T>): Promise<T> {
  const before = turns.get(tcti) ?? Promise.resolve();
  const own = before.then(async () => {
    await forget(tool);
    return await work();
  });
  turns.set(
    tcti,
    own.catch(() => undefined),
  );
  return await own;
}

function pcrList(pcrs: readonly number[]): string {
  return `sha256:${pcrs.join(",")}`;
}

function pointOf(signingKey: Uint8Array): PublicPoint {
  const { point } = parsePublic(signingKey, "signing key");
  if (point === undefined) throw new TypeError("The signing key is not on P-256.");
  return { x: bytesToHex(point.x), y: bytesToHex(point.y) };
}

/** TPM2B_PUBLIC to TPMT_PUBLIC. */
function withoutSize(bytes: Buffer): Buffer {
  return bytes.subarray(2);
}

function registerAt(values: Buffer, at: number): Hex {
  return bytesToHex(values.subarray(at * 32, (at + 1) * 32));
}
