// Trains the digit classifier and prints what it gets right of fonts that it never saw: node scripts/digits/train.ts
// Writes src/digits/model.json. The same samples give the same model.
import { writeFile } from "node:fs/promises";

import { modelFile } from "../../src/digits/model.ts";
import {
  BIAS_OFFSET,
  BIASES,
  CLASSES,
  classify,
  HIDDEN,
  type Network,
  PIXELS,
  WEIGHT_OFFSET,
  WEIGHTS,
} from "../../src/digits/network.ts";
import { randomFrom, readSamples, type Sample } from "./data-set.ts";

const EPOCHS = 60;
const BATCH = 32;
/** In units of a weight's step, since what is trained are the integers themselves. */
const RATE = 0.06;
/** Biases are in a finer unit. */
const BIAS_RATE = 4;
const BETA1 = 0.9;
const BETA2 = 0.999;
/** Divides scores before they become probabilities. */
const TEMPERATURE = 48;
const HIDDEN_DIVISOR = 8;
/** Of the example's model; an owner with something to hide draws one at random. */
const SALT = "314159265358979323846264338327950288419716939937510";
/** What is asked of the model. */
const LEAST_ACCURACY = 0.9;

/** Values that are trained, with what Adam remembers of them. */
interface Trained {
  readonly values: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

const random = randomFrom(2);
const samples = await readSamples();
const training = samples.filter(({ heldOut }) => !heldOut);
const heldOut = samples.filter((sample) => sample.heldOut);
const weights = trained(WEIGHTS, () => (random() + random() + random() - 1.5) * 3);
const biases = trained(BIASES, () => 0);

let steps = 0;
for (let epoch = 0; epoch < EPOCHS; epoch++) {
  const rate = 1 - epoch / EPOCHS;
  const order = shuffled(training);
  for (let from = 0; from < order.length; from += BATCH) {
    const batch = order.slice(from, from + BATCH);
    for (const sample of batch) learn(sample, rounded());
    steps += 1;
    improve(weights, RATE * rate, batch.length, -WEIGHT_OFFSET, WEIGHT_OFFSET - 1);
    improve(biases, BIAS_RATE * rate, batch.length, -BIAS_OFFSET, BIAS_OFFSET - 1);
  }
}

const { weights: trainedWeights, biases: trainedBiases } = rounded();
const network: Network = {
  weights: [...trainedWeights].map((value) => value + WEIGHT_OFFSET),
  biases: [...trainedBiases].map((value) => value + BIAS_OFFSET),
};
const [seen, unseen] = [accuracyOf(training), accuracyOf(heldOut)];
process.stdout.write(
  `trained with ${training.length} images: ${percent(seen)} right\n` +
    `held out, ${heldOut.length} images of other fonts: ${percent(unseen)} right\n`,
);
if (unseen < LEAST_ACCURACY) throw new RangeError(`That is less than ${percent(LEAST_ACCURACY)}.`);
await writeFile(modelFile, `${JSON.stringify({ ...network, salt: SALT })}\n`);

/** Adds what one sample says to the gradients. Integers decide, as in the circuit; their steps are taken for slopes. */
function learn(
  { image, digit }: Sample,
  { weights: w, biases: b }: ReturnType<typeof rounded>,
): void {
  const hidden = new Float64Array(HIDDEN);
  const alive = new Uint8Array(HIDDEN);
  for (let unit = 0; unit < HIDDEN; unit++) {
    let sum = b[unit] ?? 0;
    for (let i = 0; i < PIXELS; i++) sum += (image[i] ?? 0) * (w[unit * PIXELS + i] ?? 0);
    alive[unit] = sum > 0 ? 1 : 0;
    hidden[unit] = Math.floor(Math.max(0, sum) / HIDDEN_DIVISOR);
  }
  const scores = new Float64Array(CLASSES);
  for (let unit = 0; unit < CLASSES; unit++) {
    let sum = b[HIDDEN + unit] ?? 0;
    for (let i = 0; i < HIDDEN; i++) sum += (hidden[i] ?? 0) * (w[outputWeight(unit, i)] ?? 0);
    scores[unit] = sum / TEMPERATURE;
  }
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const back = new Float64Array(HIDDEN);
  for (let unit = 0; unit < CLASSES; unit++) {
    const error = ((powers[unit] ?? 0) / total - (unit === digit ? 1 : 0)) / TEMPERATURE;
    add(biases.gradient, HIDDEN + unit, error);
    for (let i = 0; i < HIDDEN; i++) {
      add(weights.gradient, outputWeight(unit, i), error * (hidden[i] ?? 0));
      add(back, i, error * (w[outputWeight(unit, i)] ?? 0));
    }
  }
  for (let unit = 0; unit < HIDDEN; unit++) {
    if (!alive[unit]) continue;
    const error = (back[unit] ?? 0) / HIDDEN_DIVISOR;
    add(biases.gradient, unit, error);
    for (let i = 0; i < PIXELS; i++) {
      add(weights.gradient, unit * PIXELS + i, error * (image[i] ?? 0));
    }
  }
}

/** One step of Adam, after which the gradients are zero again. */
function improve(
  { values, gradient, first, second }: Trained,
  rate: number,
  count: number,
  least: number,
  most: number,
): void {
  for (let i = 0; i < values.length; i++) {
    const slope = (gradient[i] ?? 0) / count;
    first[i] = BETA1 * (first[i] ?? 0) + (1 - BETA1) * slope;
    second[i] = BETA2 * (second[i] ?? 0) + (1 - BETA2) * slope ** 2;
    const [mean, spread] = [
      (first[i] ?? 0) / (1 - BETA1 ** steps),
      (second[i] ?? 0) / (1 - BETA2 ** steps),
    ];
    const moved = (values[i] ?? 0) - (rate * mean) / (Math.sqrt(spread) + 1e-8);
    values[i] = Math.min(most, Math.max(least, moved));
    gradient[i] = 0;
  }
}

function rounded() {
  return { weights: weights.values.map(Math.round), biases: biases.values.map(Math.round) };
}

function accuracyOf(of: readonly Sample[]): number {
  return of.filter(({ image, digit }) => classify(network, image) === digit).length / of.length;
}

function trained(length: number, initial: () => number): Trained {
  const zeroes = () => new Float64Array(length);
  return {
    values: zeroes().map(initial),
    gradient: zeroes(),
    first: zeroes(),
    second: zeroes(),
  };
}

function shuffled(of: readonly Sample[]): Sample[] {
  const order = [...of];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [order[i], order[j]];
    if (a && b) [order[i], order[j]] = [b, a];
  }
  return order;
}

function outputWeight(unit: number, from: number): number {
  return PIXELS * HIDDEN + unit * HIDDEN + from;
}

function add(to: Float64Array, index: number, value: number): void {
  to[index] = (to[index] ?? 0) + value;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
