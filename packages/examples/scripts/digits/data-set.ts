import { readFile } from "node:fs/promises";

import { PIXELS } from "../../src/digits/network.ts";

/** A Debian package of fonts, and which of its files were drawn. */
export interface FontPackage {
  readonly package: string;
  readonly version: string;
  readonly licence: string;
  /** Its digits are never trained with, only judged by. */
  readonly heldOut: boolean;
  readonly files: readonly string[];
}

export interface Sample {
  readonly digit: number;
  readonly image: readonly number[];
  readonly heldOut: boolean;
}

export const fontsFile = new URL("training/fonts.json", import.meta.url);
export const samplesFile = new URL("training/samples.txt", import.meta.url);

export async function readFonts(): Promise<readonly FontPackage[]> {
  return JSON.parse(await readFile(fontsFile, "utf8")) as readonly FontPackage[];
}

/** One line for each package, then one for each image: the digit and its pixels as octal digits. */
export async function readSamples(): Promise<Sample[]> {
  const heldOut = new Map((await readFonts()).map((font) => [font.package, font.heldOut]));
  const samples: Sample[] = [];
  let held: boolean | undefined;
  for (const line of (await readFile(samplesFile, "utf8")).trim().split("\n")) {
    if (line.startsWith("# ")) {
      held = heldOut.get(line.slice(2));
      continue;
    }
    const [, digit = "", pixels = ""] = /^([0-9]) ([0-7]{64})$/.exec(line) ?? [];
    if (held === undefined || pixels.length !== PIXELS) throw new RangeError(`Not a line: ${line}`);
    samples.push({ digit: Number(digit), image: [...pixels].map(Number), heldOut: held });
  }
  return samples;
}

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
