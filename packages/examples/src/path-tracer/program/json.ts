// A strict JSON parser (RFC 8259): no comments, no trailing commas, no duplicate keys.

import { Bytes, EXIT_JSON, fail } from "./wasi";

const MAX_DEPTH: i32 = 16;
/** Keys are searched one by one, which more of them would make slow. */
const MAX_KEYS: i32 = 256;

export const NULL: i32 = 0;
export const BOOL: i32 = 1;
export const NUMBER: i32 = 2;
export const STRING: i32 = 3;
export const ARRAY: i32 = 4;
export const OBJECT: i32 = 5;

// Shared by all values without elements; never written to.
const NO_ITEMS: Array<Json> = [];
const NO_KEYS: Array<string> = [];

/** A parsed JSON value; which fields hold something depends on `kind`. */
@final
export class Json {
  number: f64 = 0;
  text: string = "";
  /** Elements of an array, or values of an object in the order of `keys`. */
  items: Array<Json> = NO_ITEMS;
  keys: Array<string> = NO_KEYS;

  constructor(public kind: i32) {}

  /** The value under `key`, or null. */
  get(key: string): Json | null {
    const index = this.keys.indexOf(key);
    return index < 0 ? null : this.items[index];
  }
}

let name = "";
let start: usize = 0;
let cursor: usize = 0;
let end: usize = 0;

/** Parses a whole file; ends the program with {@link EXIT_JSON} when it is malformed. */
export function parseJson(file: string, bytes: Bytes): Json {
  name = file;
  start = cursor = bytes.pointer;
  end = start + bytes.length;
  const value = parseValue(0);
  skipSpace();
  if (cursor < end) malformed("unexpected text after the end");
  return value;
}

function malformed(what: string): void {
  let line = 1;
  let column = 1;
  for (let at = start; at < cursor && at < end; at++) {
    if (load<u8>(at) == 0x0a) {
      line++;
      column = 1;
    } else {
      column++;
    }
  }
  fail(EXIT_JSON, name + ":" + line.toString() + ":" + column.toString() + ": " + what);
}

/** The next byte, or -1 at the end. */
@inline
function peek(): i32 {
  return cursor < end ? <i32>load<u8>(cursor) : -1;
}

function skipSpace(): void {
  for (let c = peek(); c == 0x20 || c == 0x0a || c == 0x0d || c == 0x09; c = peek()) cursor++;
}

function expect(char: i32): void {
  if (peek() != char) malformed("expected '" + String.fromCharCode(char) + "'");
  cursor++;
}

function parseValue(depth: i32): Json {
  if (depth > MAX_DEPTH) malformed("nested too deeply");
  skipSpace();
  const c = peek();
  if (c == 0x7b) return parseObject(depth);
  if (c == 0x5b) return parseArray(depth);
  if (c == 0x22) {
    const value = new Json(STRING);
    value.text = parseString();
    return value;
  }
  if (c == 0x2d || isDigit(c)) {
    const value = new Json(NUMBER);
    value.number = parseNumber();
    return value;
  }
  if (c == 0x74) return parseWord("true", BOOL, 1);
  if (c == 0x66) return parseWord("false", BOOL, 0);
  if (c == 0x6e) return parseWord("null", NULL, 0);
  malformed(c < 0 ? "unexpected end of file" : "expected a value");
  return new Json(NULL);
}

function parseWord(word: string, kind: i32, number: f64): Json {
  for (let i = 0; i < word.length; i++) expect(word.charCodeAt(i));
  const value = new Json(kind);
  value.number = number;
  return value;
}

function parseObject(depth: i32): Json {
  const value = new Json(OBJECT);
  value.items = [];
  value.keys = [];
  cursor++;
  skipSpace();
  if (peek() == 0x7d) {
    cursor++;
    return value;
  }
  for (;;) {
    skipSpace();
    const key = parseString();
    if (value.keys.length >= MAX_KEYS) malformed("too many keys in one object");
    if (value.keys.includes(key)) malformed("the key \"" + key + "\" appears twice");
    skipSpace();
    expect(0x3a);
    value.keys.push(key);
    value.items.push(parseValue(depth + 1));
    skipSpace();
    if (peek() != 0x2c) break;
    cursor++;
  }
  expect(0x7d);
  return value;
}

function parseArray(depth: i32): Json {
  const value = new Json(ARRAY);
  value.items = [];
  cursor++;
  skipSpace();
  if (peek() == 0x5d) {
    cursor++;
    return value;
  }
  for (;;) {
    value.items.push(parseValue(depth + 1));
    skipSpace();
    if (peek() != 0x2c) break;
    cursor++;
  }
  expect(0x5d);
  return value;
}

function parseString(): string {
  expect(0x22);
  let text = "";
  let from = cursor;
  for (;;) {
    const c = peek();
    if (c < 0x20) malformed(c < 0 ? "unexpected end of file" : "control character in a string");
    if (c == 0x22) break;
    if (c == 0x5c) {
      text += String.UTF8.decodeUnsafe(from, cursor - from);
      cursor++;
      text += parseEscape();
      from = cursor;
    } else {
      cursor++;
    }
  }
  text += String.UTF8.decodeUnsafe(from, cursor - from);
  cursor++;
  return text;
}

function parseEscape(): string {
  const c = peek();
  cursor++;
  if (c == 0x22 || c == 0x5c || c == 0x2f) return String.fromCharCode(c);
  if (c == 0x62) return "\b";
  if (c == 0x66) return "\f";
  if (c == 0x6e) return "\n";
  if (c == 0x72) return "\r";
  if (c == 0x74) return "\t";
  if (c != 0x75) malformed("unknown escape in a string");
  let unit = 0;
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(peek());
    if (digit < 0) malformed("expected four hexadecimal digits");
    unit = unit * 16 + digit;
    cursor++;
  }
  return String.fromCharCode(unit);
}

function hexDigit(c: i32): i32 {
  if (isDigit(c)) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

@inline
function isDigit(c: i32): bool {
  return c >= 0x30 && c <= 0x39;
}

/**
 * Seventeen digits are kept exactly and the power of ten is applied once, which rounds the same
 * way everywhere.
 */
function parseNumber(): f64 {
  const negative = peek() == 0x2d;
  if (negative) cursor++;
  let mantissa: u64 = 0;
  let digits = 0;
  let exponent = 0;
  if (!isDigit(peek())) malformed("expected a digit");
  if (peek() == 0x30) {
    cursor++;
    if (isDigit(peek())) malformed("a number must not start with 0");
  }
  for (; isDigit(peek()); cursor++) {
    if (digits < 17) {
      mantissa = mantissa * 10 + (peek() - 0x30);
      digits++;
    } else {
      exponent++;
    }
  }
  if (peek() == 0x2e) {
    cursor++;
    if (!isDigit(peek())) malformed("expected a digit after the point");
    for (; isDigit(peek()); cursor++) {
      if (digits < 17) {
        mantissa = mantissa * 10 + (peek() - 0x30);
        if (mantissa != 0) digits++;
        exponent--;
      }
    }
  }
  if ((peek() | 0x20) == 0x65) {
    cursor++;
    const down = peek() == 0x2d;
    if (down || peek() == 0x2b) cursor++;
    if (!isDigit(peek())) malformed("expected a digit in the exponent");
    let power = 0;
    for (; isDigit(peek()); cursor++) power = min(power * 10 + (peek() - 0x30), 9999);
    exponent += down ? -power : power;
  }
  let value = <f64>mantissa;
  const scale = powerOfTen(abs(exponent));
  value = mantissa == 0 ? 0 : exponent < 0 ? value / scale : value * scale;
  return negative ? -value : value;
}

function powerOfTen(exponent: i32): f64 {
  let result: f64 = 1;
  for (let i = min(exponent, 400); i > 0; i--) result *= 10;
  return result;
}
