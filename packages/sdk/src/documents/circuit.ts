import * as z from "zod";
import { bytes32, cid, filePath, text } from "./fields.ts";

/** What circom does to linear constraints; another choice is another constraint system. */
const optimisation = z.enum(["O0", "O1", "O2"]);
const version = z.string().regex(/^[0-9]{1,4}(\.[0-9]{1,4}){2}$/);

/**
 * A published circuit: what anybody needs to see that a verification key is of this source and of no other, and that its setup was as its
 * transcript tells. Nothing here is true because it is written: `deco circuit verify` builds it anew.
 */
export const circuitSchema = z.strictObject({
  deco: z.literal("circuit/1"),
  name: text(100),
  /** Id under which policies know it: keccak256 of the code of its key's verifier. */
  circuit: bytes32,
  system: z.enum(["groth16", "plonk"]),
  compiler: z.strictObject({ circom: version, optimisation }),
  /** UnixFS folder with every source file, and the one in it that declares `main`. */
  source: z.strictObject({ folder: cid, main: filePath }),
  /** SHA-256 of the constraint system that the compiler makes of the source (`.r1cs`). */
  constraints: bytes32,
  /** UnixFS folder with `verification-key.json`, `proving.zkey` and `witness.wasm`: what programs name as their circuit. */
  keys: cid,
  /** UnixFS file: the powers of tau from which the key was made (`.ptau`). */
  powers: cid,
  /** UnixFS file: who contributed to powers and key, and the beacons. */
  transcript: cid,
});
export type CircuitDocument = z.infer<typeof circuitSchema>;

const localPath = text(4096);

/** What a person writes for `deco circuit publish`; paths are relative to the file. The rest of the document follows from the artefacts. */
export const circuitDraftSchema = z.strictObject({
  deco: z.literal("circuit/1"),
  name: text(100),
  source: z.strictObject({
    folder: localPath,
    /** Inside the folder. */
    main: filePath,
    /** Further folders in which includes are looked for, as circom's `-l`. */
    libraries: z.array(localPath).max(16).exactOptional(),
  }),
  optimisation,
  /** With `verification-key.json` and `proving.zkey`; `witness.wasm` is made when it is not there. */
  keys: z.strictObject({ folder: localPath }),
  powers: z.strictObject({ file: localPath }),
  transcript: z.strictObject({ file: localPath }),
});
export type CircuitDraft = z.infer<typeof circuitDraftSchema>;
