/** Why a module is refused, in the order in which the checks run; documented in docs/WASM.md. */
export type RefusalCode =
  | "malformed"
  | "component"
  | "too-large"
  | "simd"
  | "relaxed-simd"
  | "threads"
  | "shared-memory"
  | "memory64"
  | "multi-memory"
  | "custom-page-sizes"
  | "exceptions"
  | "gc"
  | "reference-types"
  | "tail-calls"
  | "unsupported-opcode"
  | "unsupported-section"
  | "unsupported-const-expr"
  | "import-not-allowed"
  | "import-type"
  | "missing-memory"
  | "missing-start"
  | "reserved-export"
  | "memory-limit"
  | "segment-out-of-bounds"
  | "frame-too-large"
  | "invalid";

const REMEDIES: Record<RefusalCode, string> = {
  malformed: "Rebuild the module; the file is damaged or not a WebAssembly binary.",
  component: "Build a core module for wasm32-wasip1 instead of a component.",
  "too-large": "Make the module smaller, for example with wasm-opt -Oz, and split huge functions.",
  simd: "Compile without SIMD (clang: -mno-simd128).",
  "relaxed-simd": "Compile without relaxed SIMD, whose results differ between machines.",
  threads: "Compile without threads and atomics.",
  "shared-memory": "Compile without threads; shared memory is not offered.",
  memory64: "Compile for wasm32.",
  "multi-memory": "Use one memory.",
  "custom-page-sizes": "Use the standard page size of 65,536 bytes.",
  exceptions: "Compile without WebAssembly exceptions (clang: -fno-exceptions).",
  gc: "Compile for linear memory; garbage-collected types are not offered.",
  "reference-types": "Compile without reference types (clang: -mno-reference-types).",
  "tail-calls": "Compile without tail calls (clang: -mno-tail-call).",
  "unsupported-opcode": "Use only the instructions listed in docs/WASM.md.",
  "unsupported-section": "Use only the sections listed in docs/WASM.md.",
  "unsupported-const-expr": "Initialise globals and segments with plain constants.",
  "import-not-allowed":
    "Import only the wasi_snapshot_preview1 functions that docs/WASM.md lists; for AssemblyScript use --use abort= or its WASI shim.",
  "import-type": "Declare the import with the type that WASI preview 1 gives it.",
  "missing-memory": 'Export the memory as "memory".',
  "missing-start": 'Export a function "_start" without parameters and results.',
  "reserved-export": 'Do not export names that begin with "deco:".',
  "memory-limit": "Raise limits.memoryBytes or lower the module's initial memory.",
  "segment-out-of-bounds": "Rebuild the module; a data or element segment does not fit.",
  "frame-too-large": "Split the function: it has too many locals or too deep expressions.",
  invalid: "Rebuild the module; it does not pass WebAssembly validation.",
};

/** Thrown when a module can never run here; every honest provider refuses it alike. */
export class ModuleRefused extends Error {
  override readonly name = "ModuleRefused";
  readonly code: RefusalCode;
  readonly remedy: string;

  constructor(code: RefusalCode, detail: string) {
    super(`${detail} (${code})`);
    this.code = code;
    this.remedy = REMEDIES[code];
  }
}
