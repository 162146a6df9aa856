export { WasmError, type WasmErrorCode } from "./errors.ts";
export { createWasmEngine, DEFAULT_STACK_UNITS, type WasmEngineOptions } from "./wasm-engine.ts";
