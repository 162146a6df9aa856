/** Shape of the network that `circuits/digit-classifier.circom` computes. */
export const PIXELS = 64;
export const HIDDEN = 16;
export const CLASSES = 10;
/** Brightness of a pixel is 0 to this. */
export const MAX_BRIGHTNESS = 7;
/** What is added to weights and biases so that none is below zero; they are written and committed so. */
export const WEIGHT_OFFSET = 8;
export const BIAS_OFFSET = 2_048;
export const WEIGHTS = PIXELS * HIDDEN + HIDDEN * CLASSES;
export const BIASES = HIDDEN + CLASSES;
const SHIFT = 3;

/** Weights from 0 to 15 and biases from 0 to 4095, in the circuit's order: hidden units first. */
export interface Network {
  readonly weights: readonly number[];
  readonly biases: readonly number[];
}

/** What each class scores for an image, by the same integers as in the circuit. */
export function scoresOf({ weights, biases }: Network, image: ArrayLike<number>): number[] {
  const weight = (index: number) => (weights[index] ?? 0) - WEIGHT_OFFSET;
  const bias = (index: number) => (biases[index] ?? 0) - BIAS_OFFSET;
  const hidden = Array.from({ length: HIDDEN }, (_, unit) => {
    let sum = bias(unit);
    for (let i = 0; i < PIXELS; i++) sum += (image[i] ?? 0) * weight(unit * PIXELS + i);
    return Math.max(0, sum) >> SHIFT;
  });
  return Array.from({ length: CLASSES }, (_, digit) => {
    const from = PIXELS * HIDDEN + digit * HIDDEN;
    return hidden.reduce(
      (sum, value, unit) => sum + value * weight(from + unit),
      bias(HIDDEN + digit),
    );
  });
}

/** The digit that the network sees; of equal scores the lowest digit. */
export function classify(network: Network, image: ArrayLike<number>): number {
  const scores = scoresOf(network, image);
  return scores.indexOf(Math.max(...scores));
}
