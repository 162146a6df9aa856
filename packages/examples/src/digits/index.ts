export { commitImage, commitModel } from "./commit.ts";
export { DigitError } from "./errors.ts";
export { type DigitImage, defaultImage, loadImage } from "./load-image.ts";
export { loadModel, type Model } from "./model.ts";
export { classify, scoresOf } from "./network.ts";
export { imageSignals, keysFolder, modelSignals } from "./signals.ts";
