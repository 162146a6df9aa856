import { readFile } from "node:fs/promises";
import * as z from "zod";

import { CircuitsError } from "../errors.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** As the files have it; some leave it out. */
const contributors = z.array(z.string().max(64)).max(10_000).readonly();
/** Bytes that nobody could know before the last contribution. */
const beacon = z.string().regex(/^([0-9a-f]{2}){1,255}$/);

/** What the ceremonies of a repository's keys did, for whoever checks it. */
const transcriptSchema = z.strictObject({
  powers: z
    .array(
      z.strictObject({
        power: z.int().min(1).max(28),
        beacon: beacon.exactOptional(),
        contributors,
        sha256: digest,
      }),
    )
    .max(100),
  circuits: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        system: z.enum(["groth16", "plonk"]),
        /** SHA-256 of the constraints and of the witness generator, which the compiler makes anew from the source. */
        r1cs: digest,
        witness: digest,
        /** Of the second phase; none where there is none. */
        beacon: beacon.exactOptional(),
        contributors,
        provingKey: digest,
      }),
    )
    .max(1_000),
});
export type Transcript = z.infer<typeof transcriptSchema>;

const MAX_BYTES = 16 * 2 ** 20;

/** @throws CircuitsError `circuit-files-missing` */
export async function readTranscript(path: string): Promise<Transcript> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > MAX_BYTES) throw new RangeError("it is too long");
    return transcriptSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw new CircuitsError(
      "circuit-files-missing",
      `The transcript ${path} cannot be read.`,
      "Write it as circuits/keys/transcript.json is; see docs/PROOFS.md.",
      cause,
    );
  }
}
