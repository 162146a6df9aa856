/** A container job: a report over a CSV file. */
export * as csvReport from "./csv-report/index.ts";
/** A neural network that reads digits, proven without showing its weights. */
export * as digits from "./digits/index.ts";
/** Statistics and a linear model over a table that stays encrypted (wasm). */
export * as encrypted from "./encrypted/index.ts";
/** A path tracer (wasm): scene file to picture, one bag item per tile. */
export * as pathTracer from "./path-tracer/index.ts";
