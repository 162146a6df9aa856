import wabt from "wabt";

/** Every proposal that the assembler knows, so that tests can write what must be refused. */
const FEATURES = {
  exceptions: true,
  mutable_globals: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  threads: true,
  multi_value: true,
  tail_call: true,
  bulk_memory: true,
  reference_types: true,
  memory64: true,
  multi_memory: true,
  extended_const: true,
  relaxed_simd: true,
};

let assembler: ReturnType<typeof wabt> | undefined;

/** Assembles a module from its text format. */
export async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  assembler ??= wabt();
  const module = (await assembler).parseWat("module.wat", text, FEATURES);
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** A module with the exports that every program needs, and `body` as its `_start`. */
export function program(body: string, fields = ""): string {
  return `(module ${fields}
    (memory (export "memory") 1)
    (func (export "_start") ${body}))`;
}
