import type { FunctionType, ValueType } from "./value-types.ts";

/** A half-open range of the module's bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ParsedImport {
  readonly name: string;
  readonly typeIndex: number;
}

export interface ParsedGlobal {
  readonly type: ValueType;
  readonly mutable: boolean;
}

/** The sections whose entries are copied unchanged, as ranges behind their entry count. */
export interface RawSections {
  types?: ByteRange;
  imports?: ByteRange;
  functions?: ByteRange;
  table?: ByteRange;
  globals?: ByteRange;
  elements?: ByteRange;
  data?: ByteRange;
}

/** What the sections of an accepted module say; code bodies are not looked into yet. */
export interface ParsedModule {
  readonly bytes: Uint8Array;
  readonly types: FunctionType[];
  /** Imported functions; nothing else can be imported. */
  readonly imports: ParsedImport[];
  /** Type index of every function that the module defines. */
  readonly functions: number[];
  /** Initial size of the one table, absent without a table. */
  tableSize?: number;
  /** Pages of the one memory. */
  memory?: { readonly initial: number; readonly maximum?: number };
  readonly globals: ParsedGlobal[];
  /** Function index of `_start`. */
  entry?: number;
  exportsMemory: boolean;
  /** Function index of the start section. */
  start?: number;
  elementSegments: number;
  /** Entry of the data count section. */
  dataCount?: number;
  dataSegments: number;
  readonly bodies: ByteRange[];
  readonly raw: RawSections;
}

/** The type of any function of the index space, imported or defined. */
export function functionType(module: ParsedModule, index: number): FunctionType | undefined {
  const imported = module.imports.length;
  const typeIndex =
    index < imported ? module.imports[index]?.typeIndex : module.functions[index - imported];
  return typeIndex === undefined ? undefined : module.types[typeIndex];
}
