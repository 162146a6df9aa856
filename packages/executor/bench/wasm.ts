import asc from "assemblyscript/asc";
import { WASI_IMPORTS } from "../src/engines/wasm/host/wasi-imports.ts";
import { INJECTED_EXPORTS } from "../src/engines/wasm/module/injected.ts";
import { meterModule } from "../src/engines/wasm/module/meter-module.ts";

/** Prints what metering costs: processor time of small kernels, bare and metered. */
const ROUNDS = 7;
const LIMITS = { fuel: 2n ** 60n, stackUnits: 262_144, memoryBytes: 2 ** 26 };

const KERNELS: Readonly<Record<string, string>> = {
  "matrix product (f64)": `
    const n = 220;
    const a = new StaticArray<f64>(n * n), b = new StaticArray<f64>(n * n), c = new StaticArray<f64>(n * n);
    for (let i = 0; i < n * n; i++) { a[i] = i * 0.5; b[i] = i * 0.25; }
    for (let r = 0; r < 4; r++) for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      let s: f64 = 0;
      for (let k = 0; k < n; k++) s += unchecked(a[i * n + k] * b[k * n + j]);
      unchecked(c[i * n + j] = s);
    }
    store<f64>(0, c[n + 1]);`,
  "hash rounds (i32)": `
    let h: u32 = 1, g: u32 = 7;
    for (let i: u32 = 0; i < 30000000; i++) {
      g = (rotr(h, 7) ^ rotr(g, 18) ^ (g >> 3)) + i;
      h = h * 31 + (g & h) + (~g & i);
    }
    store<u32>(0, h);`,
  sieve: `
    const n = 3000000;
    const sieve = new StaticArray<u8>(n);
    let count = 0;
    for (let i = 2; i < n; i++) {
      if (unchecked(sieve[i]) != 0) continue;
      count++;
      for (let j = i * 2; j < n; j += i) unchecked(sieve[j] = 1);
    }
    store<u32>(0, count);`,
  "calls (fib)": `
    function fib(n: i32): i32 { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
    store<u32>(0, fib(34));`,
};

async function compile(source: string): Promise<Uint8Array> {
  let binary = new Uint8Array();
  const options = ["--exportStart", "_start", "--use", "abort=", "-O3", "--runtime", "stub"];
  await asc.main(["k.ts", "--outFile", "k.wasm", ...options, "--memoryBase", "16"], {
    readFile: (name: string) => (name === "k.ts" ? source : null),
    writeFile: (name: string, contents: string | Uint8Array) => {
      if (name === "k.wasm") binary = contents as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  return binary;
}

/** Least processor time of several runs, in milliseconds, and the fuel of one. */
function measure(bytes: Uint8Array): { readonly millis: number; readonly fuel: bigint } {
  const module = new WebAssembly.Module(bytes as BufferSource);
  let millis = Number.POSITIVE_INFINITY;
  let fuel = 0n;
  for (let round = 0; round < ROUNDS; round++) {
    const { exports } = new WebAssembly.Instance(module, {});
    const before = process.threadCpuUsage();
    (exports._start as () => void)();
    const { user, system } = process.threadCpuUsage(before);
    millis = Math.min(millis, (user + system) / 1_000);
    const left = exports[INJECTED_EXPORTS.fuel] as WebAssembly.Global<"i64"> | undefined;
    if (left) fuel = LIMITS.fuel - left.value;
  }
  return { millis, fuel };
}

let product = 1;
for (const [name, source] of Object.entries(KERNELS)) {
  const bytes = await compile(source);
  const bare = measure(bytes);
  const metered = measure(meterModule(bytes, WASI_IMPORTS, LIMITS));
  const ratio = metered.millis / bare.millis;
  product *= ratio;
  const rate = Number(metered.fuel) / metered.millis / 1e6;
  process.stdout.write(
    `${name.padEnd(22)} bare ${bare.millis.toFixed(0)} ms, metered ${metered.millis.toFixed(0)} ms, ` +
      `ratio ${ratio.toFixed(2)}, ${rate.toFixed(1)} units/ns\n`,
  );
}
const mean = product ** (1 / Object.keys(KERNELS).length);
process.stdout.write(`geometric mean of ratios ${mean.toFixed(2)}\n`);
