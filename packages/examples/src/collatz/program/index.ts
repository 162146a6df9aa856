// The longest Collatz chain that begins below a limit: long to find, easy to check, and a run that can go on from three
// numbers. Integers only, so every machine writes the same file.
import { fail, readFile, renameFile, writeFile } from "./wasi";

const EXIT_INPUT: i32 = 2;
/** Longest input that is looked at: a number and some white space. */
const INPUT_BYTES: i32 = 64;
const MOST: u64 = 10_000_000_000;
/** Starts between two checkpoints: less than a second of work. */
const STRIDE: u64 = 50_000;
/** Next start, best start, its chain's length. */
const STATE_BYTES: i32 = 24;

function wantedLimit(): u64 {
  const input = readFile("/in", "limit.txt", INPUT_BYTES);
  let value: u64 = 0;
  if (input !== null) {
    for (let i = 0; i < input.length; i++) {
      const byte = load<u8>(input.pointer + i);
      if (byte == 0x20 || byte == 0x0a || byte == 0x0d) continue;
      if (byte < 0x30 || byte > 0x39 || value > MOST) {
        value = 0;
        break;
      }
      value = value * 10 + (byte - 0x30);
    }
  }
  if (value < 2 || value > MOST) fail(EXIT_INPUT, "/in/limit.txt must hold a number from 2 to 10^10");
  return value;
}

const limit = wantedLimit();
const state = heap.alloc(STATE_BYTES);
let start: u64 = 1;
let best: u64 = 1;
let longest: u64 = 1;

/** A checkpoint may be absent, and it may be anything: what does not look like one of ours is none. */
function resume(): void {
  const kept = readFile("/checkpoint", "current", i32.MAX_VALUE);
  if (kept === null || kept.length != STATE_BYTES) return;
  const next = load<u64>(kept.pointer);
  const known = load<u64>(kept.pointer, 8);
  if (next < 1 || next > limit || known < 1 || known >= next) return;
  start = next;
  best = known;
  longest = load<u64>(kept.pointer, 16);
}

/** Written beside the current one and then put in its place, so that there always is a whole one. */
function keep(next: u64): void {
  store<u64>(state, next);
  store<u64>(state, best, 8);
  store<u64>(state, longest, 16);
  writeFile("/checkpoint", "next", state, STATE_BYTES);
  renameFile("/checkpoint", "next", "current");
}

resume();
for (let n = start; n < limit; n++) {
  if (n % STRIDE == 0 && n > start) keep(n);
  let length: u64 = 1;
  for (let at = n; at != 1; length++) at = at & 1 ? 3 * at + 1 : at >> 1;
  if (length > longest) {
    longest = length;
    best = n;
  }
}

const text = String.UTF8.encode(best.toString() + " " + longest.toString() + "\n");
writeFile("/out", "longest.txt", changetype<usize>(text), text.byteLength);
