// Digits of pi by the spigot of Rabinowitz and Wagon (American Mathematical Monthly 102, 1995):
// integers only, so every machine writes the same file.
import { fail, readFile, writeFile } from "./wasi";

const EXIT_INPUT: i32 = 2;
const MOST_DIGITS: i32 = 10000;
/** Longest input that is looked at: a number and some white space. */
const INPUT_BYTES: i32 = 64;

function wantedDigits(): i32 {
  const input = readFile("/in", "digits.txt", INPUT_BYTES);
  if (input === null) {
    fail(EXIT_INPUT, "there is no /in/digits.txt");
    return 0;
  }
  let value = 0;
  let seen = false;
  for (let i = 0; i < input.length; i++) {
    const byte = load<u8>(input.pointer + i);
    if (byte == 0x20 || byte == 0x0a || byte == 0x0d) continue;
    if (byte < 0x30 || byte > 0x39 || value > MOST_DIGITS) {
      fail(EXIT_INPUT, "/in/digits.txt must hold a number from 1 to 10000");
    }
    value = value * 10 + (byte - 0x30);
    seen = true;
  }
  if (!seen || value < 1 || value > MOST_DIGITS) {
    fail(EXIT_INPUT, "/in/digits.txt must hold a number from 1 to 10000");
  }
  return value;
}

const digits = wantedDigits();
// "3." and the digits, then a line feed; the spigot makes a few more than are written.
const text = heap.alloc(digits + 16);
let written = 0;

function put(digit: i32): void {
  // The first digit that comes out is a leading zero.
  if (written > 0 && written <= digits + 1) {
    const place = written == 1 ? 0 : written;
    store<u8>(text + place, <u8>(0x30 + digit));
    if (written == 1) store<u8>(text + 1, 0x2e);
  }
  written++;
}

const cells = (10 * (digits + 3)) / 3 + 1;
const remainders = new StaticArray<i32>(cells);
for (let i = 0; i < cells; i++) unchecked((remainders[i] = 2));
let nines = 0;
let held = 0;
while (written <= digits + 1) {
  let carry: i64 = 0;
  for (let i = cells - 1; i > 0; i--) {
    const value = <i64>unchecked(remainders[i]) * 10 + carry * (i + 1);
    unchecked((remainders[i] = <i32>(value % (2 * i + 1))));
    carry = value / (2 * i + 1);
  }
  const last = <i64>unchecked(remainders[0]) * 10 + carry;
  unchecked((remainders[0] = <i32>(last % 10)));
  const digit = <i32>(last / 10);
  if (digit == 9) {
    nines++;
  } else if (digit == 10) {
    put(held + 1);
    for (; nines > 0; nines--) put(0);
    held = 0;
  } else {
    put(held);
    for (; nines > 0; nines--) put(9);
    held = digit;
  }
}
store<u8>(text + digits + 2, 0x0a);
writeFile("/out", "pi.txt", text, digits + 3);
