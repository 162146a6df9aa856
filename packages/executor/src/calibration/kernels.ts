import { ByteWriter } from "../engines/wasm/module/byte-writer.ts";

/** What the inner loop of a kernel does: programs are made of such. */
export const KERNELS = ["integers", "floats", "memory"] as const;
export type Kernel = (typeof KERNELS)[number];

/** Linear memory of a kernel, in bytes: more than the caches of usual processors hold for one core. */
export const KERNEL_MEMORY_BYTES = 16 * 2 ** 20;
const PAGE_BYTES = 65_536;

const I32 = 0x7f;
const F64 = 0x7c;
const [GET, SET, TEE] = [0x20, 0x21, 0x22];
const I32_CONST = 0x41;
const F64_CONST = 0x44;
const [ADD, SUBTRACT, MULTIPLY, AND] = [0x6a, 0x6b, 0x6c, 0x71];
const [XOR, SHIFT_RIGHT, ROTATE_LEFT] = [0x73, 0x76, 0x77];
const [LOAD, F64_LOAD, STORE, F64_STORE] = [0x28, 0x2b, 0x36, 0x39];
const [F64_SQRT, F64_ADD, F64_MULTIPLY] = [0x9f, 0xa0, 0xa2];

/** Locals of a round: 0 to 2 are `i32`, 3 is `f64`. */
const [A, B, LEFT, X] = [0, 1, 2, 3];
/** Iterations of a round: few enough that it is soon called again, by then optimised, as hot functions of programs are. */
const ROUND = 50_000;

/**
 * A module whose `_start` repeats the kernel until its fuel is used up. What a round computes goes on in memory:
 * nothing of it may be optimised away.
 */
export function kernelModule(kernel: Kernel): Uint8Array {
  const round = new ByteWriter()
    .u32(2)
    .bytes([3, I32, 1, F64])
    .bytes([I32_CONST, 0, LOAD, 2, 0, SET, A])
    .bytes([I32_CONST, 8, F64_LOAD, 3, 0, SET, X])
    .byte(I32_CONST)
    .signed(ROUND)
    .bytes([SET, LEFT])
    .bytes([0x03, 0x40]) // loop
    .bytes(innerLoop(kernel))
    .bytes([GET, LEFT, I32_CONST, 1, SUBTRACT, TEE, LEFT])
    .bytes([0x0d, 0, 0x0b]) // br_if 0, end of the loop
    .bytes([I32_CONST, 0, GET, A, GET, B, XOR, STORE, 2, 0])
    .bytes([I32_CONST, 8, GET, X, F64_STORE, 3, 0])
    .byte(0x0b);
  const start = new ByteWriter().bytes([0, 0x03, 0x40, 0x10, 0, 0x0c, 0, 0x0b, 0x0b]);
  const pages = KERNEL_MEMORY_BYTES / PAGE_BYTES;
  return new ByteWriter()
    .bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
    .bytes(section(1, (w) => w.bytes([1, 0x60, 0, 0]))) // one type: nothing to nothing
    .bytes(section(3, (w) => w.bytes([2, 0, 0]))) // a round, and the start, which calls it for ever
    .bytes(section(5, (w) => w.bytes([1, 1]).u32(pages).u32(pages)))
    .bytes(section(7, (w) => w.u32(2).name("memory").bytes([2, 0]).name("_start").bytes([0, 1])))
    .bytes(section(10, (w) => w.u32(2).sized(round.view).sized(start.view)))
    .view.slice();
}

function section(id: number, write: (content: ByteWriter) => ByteWriter): Uint8Array {
  return new ByteWriter().byte(id).sized(write(new ByteWriter()).view).view;
}

function innerLoop(kernel: Kernel): Uint8Array {
  const code = new ByteWriter();
  const constant = (value: number) => code.byte(I32_CONST).signed(value);
  const next = () => {
    // A linear congruence: a = a × 1664525 + 1013904223.
    code.bytes([GET, A]);
    constant(1_664_525).byte(MULTIPLY);
    constant(1_013_904_223).bytes([ADD, SET, A]);
  };
  switch (kernel) {
    case "integers":
      next();
      // b = rotl(b ^ (a >>> 7), a)
      code.bytes([GET, B, GET, A]);
      constant(7).bytes([SHIFT_RIGHT, XOR, GET, A, ROTATE_LEFT, SET, B]);
      return code.view;
    case "floats":
      // x = sqrt(x × x × 0.5 + 1.5)
      code.bytes([GET, X, GET, X, F64_MULTIPLY]);
      code.byte(F64_CONST).bytes(float(0.5)).byte(F64_MULTIPLY);
      code.byte(F64_CONST).bytes(float(1.5)).bytes([F64_ADD, F64_SQRT, SET, X]);
      return code.view;
    case "memory":
      next();
      // A word at a place that cannot be foreseen: memory[b = a >>> 8 & mask] += a.
      code.bytes([GET, A]);
      constant(8).byte(SHIFT_RIGHT);
      constant(KERNEL_MEMORY_BYTES - 4).bytes([AND, TEE, B]);
      code.bytes([GET, B, LOAD, 2, 0, GET, A, ADD, STORE, 2, 0]);
      return code.view;
  }
}

function float(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}
