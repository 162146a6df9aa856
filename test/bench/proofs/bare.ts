// One proof by snarkjs alone, on one thread as executors prove: node bare.ts SYSTEM WITNESS.wasm PROVING.zkey SIGNALS.json
// Tells milliseconds from its own start to the proof, and the most memory that the process had.
import { readFile } from "node:fs/promises";
import { curves, groth16, plonk, wtns } from "snarkjs";

const [, , system, wasm = "", key = "", signals = ""] = process.argv;
Object.assign(globalThis, {
  curve_bn128: await curves.getCurveFromName("bn128", { singleThread: true }),
});
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const witness = { type: "mem" } as { type: "mem"; data?: Uint8Array };
await wtns.calculate(JSON.parse(await readFile(signals, "utf8")), wasm, witness);
const { prove } = system === "groth16" ? groth16 : plonk;
await prove(key, witness, silent, { singleThread: true });
const millis = Math.round(process.uptime() * 1_000);
const megabytes = Math.round(process.resourceUsage().maxRSS / 1_024);
process.stdout.write(`${JSON.stringify({ millis, megabytes })}\n`);
process.exit();
