import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the artefacts of one circuit lie while they are looked at. */
export interface Workplace {
  /** The only folder that the compiler sees; `source` and `built` are in it. */
  readonly root: string;
  readonly source: string;
  /** What is made from the source. */
  readonly built: string;
  readonly keys: string;
  readonly powers: string;
  readonly transcript: string;
}

export const KEY_FILES = {
  verification: "verification-key.json",
  proving: "proving.zkey",
  witness: "witness.wasm",
} as const;

/** Lends a folder of its own, which is gone afterwards. */
export async function inWorkplace<T>(use: (place: Workplace) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "deco-circuit-"));
  try {
    const at = (name: string) => join(root, name);
    const place = {
      ...{ root, source: at("source"), built: at("built"), keys: at("keys") },
      ...{ powers: at("powers.ptau"), transcript: at("transcript.json") },
    };
    await mkdir(place.built);
    return await use(place);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
