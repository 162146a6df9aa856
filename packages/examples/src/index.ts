/** A path tracer (wasm): scene file to picture, one bag item per tile. */
export * as pathTracer from "./path-tracer/index.ts";
