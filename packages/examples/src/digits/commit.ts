import { poseidon3, poseidon7, poseidon16 } from "poseidon-lite";

import type { DigitImage } from "./load-image.ts";
import type { Model } from "./model.ts";

const PER_WORD = 63;
const BIASES_PER_WORD = 21;
const FIRST_WORDS = 16;

/** What a model's owner publishes: `ModelCommitment` of `circuits/digit-classifier.circom`. */
export function commitModel({ weights, biases, salt }: Model): bigint {
  const words = [...packed(weights, PER_WORD, 4n), ...packed(biases, BIASES_PER_WORD, 12n)];
  const first = poseidon16(words.slice(0, FIRST_WORDS));
  return poseidon7([first, ...words.slice(FIRST_WORDS), BigInt(salt)]);
}

/**
 * What a requester names as its input. It needs the model's commitment, not the model.
 * @param salt Random, below 2^250; with it the image stays hidden from who sees the commitment alone.
 */
export function commitImage(model: bigint, image: DigitImage, salt: bigint): bigint {
  const [pixels = 0n] = packed(image, image.length, 3n);
  return poseidon3([model, pixels, salt]);
}

/** Numbers of so many bits each, the first in the lowest bits of the first word. */
function packed(values: readonly number[], perWord: number, bits: bigint): bigint[] {
  const words: bigint[] = [];
  for (let from = 0; from < values.length; from += perWord) {
    const part = values.slice(from, from + perWord);
    words.push(part.reduceRight((word, value) => (word << bits) | BigInt(value), 0n));
  }
  return words;
}
