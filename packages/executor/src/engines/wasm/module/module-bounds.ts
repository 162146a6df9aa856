/**
 * Bounds on what a module may contain. They are tighter than those of any WebAssembly engine in
 * use, so that whether a module is accepted never depends on the engine.
 */
export const MODULE_BOUNDS = {
  moduleBytes: 32 * 1024 * 1024,
  types: 10_000,
  /** Parameters, and results, of one function type. */
  arity: 64,
  imports: 256,
  functions: 100_000,
  functionBytes: 1024 * 1024,
  /** Locals of one function, parameters included. */
  locals: 10_000,
  /** Depth of nested blocks within one function. */
  nesting: 10_000,
  /** Depth of loops within loops, in whose square compilers spend time. */
  loopNesting: 500,
  /**
   * Blocks and branches of one function, times its locals: an optimising compiler may keep the
   * state of each local at each of them, some 40 bytes. The largest function of a compiler of
   * 9 MB that was looked at has 113,088.
   */
  flowSlots: 4_000_000,
  branchTargets: 65_000,
  globals: 10_000,
  exports: 100_000,
  tableEntries: 100_000,
  segments: 100_000,
  nameBytes: 10_000,
  /** Stack units of one function's frame; see `frame-cost.ts`. */
  frameUnits: 32_768,
} as const;

export const PAGE_BYTES = 65_536;
/** The 4 GiB that a 32-bit memory can address. */
export const MAX_PAGES = 65_536;
