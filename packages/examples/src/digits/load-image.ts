import { readFile } from "node:fs/promises";
import { PNG } from "pngjs";
import * as z from "zod";

import { DigitError } from "./errors.ts";
import { MAX_BRIGHTNESS, PIXELS } from "./network.ts";

/** Brightness of 8 by 8 pixels, 0 to 7, row by row; the digit is bright. */
export type DigitImage = readonly number[];

/** The image that is classified when none is given: a seven of DejaVu Serif Bold, which the model never saw. */
export const defaultImage = new URL("images/default.json", import.meta.url);

const SIDE = 8;
const MAX_BYTES = 2 ** 24;
const MAX_SIDE = 4_096;
/** A pixel belongs to the digit from this share of the full brightness on. */
const INK = 0.25;
/** Points of each pixel, in each direction, at which a larger picture is looked at. */
const SAMPLES = 8;

const rows = z.array(z.array(z.int().min(0).max(MAX_BRIGHTNESS)).length(SIDE)).length(SIDE);

/**
 * Reads an image: a PNG of any size with one digit, dark on light or light on dark; or JSON, eight rows of eight numbers from 0 to 7.
 * @throws DigitError
 */
export async function loadImage(file: string | URL): Promise<DigitImage> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new DigitError("file-unreadable", `${file} cannot be read.`, "Name a file.", cause);
  }
  if (bytes.length > MAX_BYTES) throw malformed(`it has more than ${MAX_BYTES} bytes`);
  return bytes[0] === PNG_START ? fromPng(bytes) : fromJson(bytes);
}

/** PNG files begin with this byte, which no JSON begins with. */
const PNG_START = 0x89;

function fromJson(bytes: Buffer): DigitImage {
  try {
    return rows.parse(JSON.parse(bytes.toString("utf8"))).flat();
  } catch (cause) {
    throw malformed("it is neither a PNG nor eight rows of eight numbers from 0 to 7", cause);
  }
}

function fromPng(bytes: Buffer): DigitImage {
  // The size stands in the first chunk: a picture that would fill the memory is never decoded.
  const [width, height] =
    bytes.length < 24 ? [0, 0] : [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
    throw malformed(`its sides are not 1 to ${MAX_SIDE} pixels`);
  }
  let data: Uint8Array;
  try {
    data = PNG.sync.read(bytes).data;
  } catch (cause) {
    throw malformed("the PNG is damaged", cause);
  }
  return fitted(inkOf(data, width, height), width, height);
}

/** How much of the digit's colour each pixel has, 0 to 1. The border tells which colour is the ground. */
function inkOf(data: Uint8Array, width: number, height: number): Float64Array {
  const light = new Float64Array(width * height);
  for (let i = 0; i < light.length; i++) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(4 * i, 4 * i + 4);
    // What is transparent shows white.
    const shown = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
    light[i] = 1 - (1 - shown) * (alpha / 255);
  }
  const border = light.filter((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
  const ground = border.reduce((sum, value) => sum + value, 0) / border.length;
  return ground > 0.5 ? light.map((value) => 1 - value) : light;
}

/** The digit's box, fitted to 8 by 8 pixels with its proportions kept, as the training's glyphs are. */
function fitted(ink: Float64Array, width: number, height: number): DigitImage {
  const highest = ink.reduce((most, value) => Math.max(most, value), 0);
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (const [i, value] of ink.entries()) {
    if (value < highest * INK || highest === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  if (right < 0) {
    throw new DigitError("image-empty", "The image is of one colour.", "Draw a digit on it.");
  }
  const size = Math.max(right - left, bottom - top) + 1;
  const [x0, y0] = [(left + right + 1 - size) / 2, (top + bottom + 1 - size) / 2];
  const at = (x: number, y: number) =>
    x < left || y < top || x > right || y > bottom ? 0 : (ink[y * width + x] ?? 0) / highest;
  return Array.from({ length: PIXELS }, (_, pixel) => {
    let sum = 0;
    for (let sample = 0; sample < SAMPLES ** 2; sample++) {
      const column = (pixel % SIDE) + ((sample % SAMPLES) + 0.5) / SAMPLES;
      const row = Math.floor(pixel / SIDE) + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES;
      sum += at(Math.floor(x0 + (column * size) / SIDE), Math.floor(y0 + (row * size) / SIDE));
    }
    return Math.round((sum * MAX_BRIGHTNESS) / SAMPLES ** 2);
  });
}

function malformed(why: string, cause?: unknown): DigitError {
  return new DigitError(
    "image-malformed",
    `The image cannot be read: ${why}.`,
    "Give a PNG with one digit, or JSON with eight rows of eight numbers from 0 to 7.",
    cause,
  );
}
