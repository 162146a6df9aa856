import type { DigitImage } from "./load-image.ts";
import type { Model } from "./model.ts";

/** Keys of the circuit, with its witness generator: the folder that a program of the engine `circuit` names. */
export const keysFolder = new URL("../../../../circuits/keys/digit-classifier/", import.meta.url);

/** The circuit's private signals that the requester gives. */
export function imageSignals(image: DigitImage, salt: bigint) {
  return { image: image.map(String), salt: String(salt) };
}

/** The circuit's private signals that only the model's owner knows. */
export function modelSignals({ weights, biases, salt }: Model) {
  return { weight: weights.map(String), bias: biases.map(String), modelSalt: salt };
}
