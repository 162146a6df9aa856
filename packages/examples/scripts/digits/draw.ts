// Draws the digits of Debian's fonts: node scripts/digits/draw.ts FOLDER
// FOLDER holds what the packages of training/fonts.json hold (dpkg-deb -x each of them into it). Writes training/samples.txt.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import opentype from "opentype.js";

import { MAX_BRIGHTNESS } from "../../src/digits/network.ts";
import { randomFrom, readFonts, samplesFile } from "./data-set.ts";
import { draw, outlinesOf, type Variation } from "./raster.ts";

const SIDE = 8;
/** Of each digit of each face: as it is, then turned a little. */
const VARIATIONS = 4;
const PLAIN: Variation = { rotation: 0, slant: 0, size: 1, shift: [0, 0] };

const [, , folder] = process.argv;
if (folder === undefined) throw new RangeError("Name the folder with the unpacked packages.");
const random = randomFrom(1);
const around = (spread: number) => (2 * random() - 1) * spread;
const vary = (): Variation => ({
  ...{ rotation: around(0.12), slant: around(0.15), size: 1 - random() * 0.15 },
  shift: [around(0.04), around(0.04)],
});

const lines: string[] = [];
for (const { package: name, files } of await readFonts()) {
  lines.push(`# ${name}`);
  for (const file of files) {
    const bytes = await readFile(join(folder, file));
    const font = opentype.parse(new Uint8Array(bytes).buffer);
    for (let digit = 0; digit <= 9; digit++) {
      const glyph = font.charToGlyph(String(digit));
      if (glyph.index === 0) throw new RangeError(`${file} has no ${digit}.`);
      const outlines = outlinesOf(glyph.getPath(0, 0, 1_000).commands);
      for (let index = 0; index < VARIATIONS; index++) {
        const pixels = draw(outlines, index === 0 ? PLAIN : vary(), SIDE, MAX_BRIGHTNESS);
        lines.push(`${digit} ${pixels.join("")}`);
      }
    }
  }
}
await writeFile(samplesFile, `${lines.join("\n")}\n`);
process.stdout.write(`${lines.length} lines\n`);
