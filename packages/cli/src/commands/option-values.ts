import { InvalidArgumentError } from "commander";
import { type Address, type Hash, type Hex, isAddress, isHash, isHex, size } from "viem";

import { CliError } from "../errors.ts";

/** A count of bytes: digits, or with k, M, G (powers of 1024). */
export function byteCount(text: string): number {
  const match = /^(\d{1,12})([kMG]?)$/.exec(text);
  const factor = { "": 1, k: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[match?.[2] ?? ""] ?? 1;
  const value = Number(match?.[1]) * factor;
  if (match !== null && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("It must be a number of bytes, such as 500M.");
}

/** A number from 1 on. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number above zero.");
}

/** A number from 0 on. */
export function itemIndex(text: string): number {
  if (/^(0|[1-9]\d{0,6})$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

/** A decimal number with at most six places, kept as text so that it stays exact. */
export function decimalText(text: string): string {
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a decimal number with at most six places.");
}

export function positiveDecimalText(text: string): string {
  if (/[1-9]/.test(text)) return decimalText(text);
  throw new InvalidArgumentError("It must be above zero.");
}

/** An exact amount of base units, as text. */
export function baseUnits(text: string): string {
  if (/^\d{1,40}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a whole number of base units.");
}

/** Percent with at most two places, as basis points. */
export function basisPoints(text: string): number {
  if (/^\d{1,4}(\.\d{1,2})?$/.test(text)) return Math.round(Number(text) * 100);
  throw new InvalidArgumentError("It must be a percentage such as 12.5.");
}

/** `ADDRESS=UNITS`; repeated options gather. */
export function tokenRate(
  text: string,
  before: readonly (readonly [Address, string])[] = [],
): readonly (readonly [Address, string])[] {
  const [token = "", units = "", ...more] = text.split("=");
  if (more.length === 0 && isAddress(token) && /^\d{1,40}$/.test(units) && /[1-9]/.test(units)) {
    return [...before, [token, units]];
  }
  throw new InvalidArgumentError("It must be a token's address, =, and base units for one ether.");
}

export function addressOption(text: string): Address {
  if (isAddress(text)) return text;
  throw new InvalidArgumentError("It must be an Ethereum address.");
}

export function digestOption(text: string): Hash {
  if (isHash(text)) return text;
  throw new InvalidArgumentError("It must be 0x and 64 hexadecimal digits.");
}

/** @throws CliError `usage` */
export function taskIdOperand(text: string): Hex {
  const id = text.toLowerCase();
  if (isHex(id) && size(id) === 32) return id;
  throw new CliError("usage", `"${text}" is no task id.`, {
    remedy: "A task id is 0x and 64 hexadecimal digits; see `deco task list`.",
  });
}

/** @throws CliError `usage` */
export function reserveOperand(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) < 256) return Number(text);
  throw new CliError("usage", `"${text}" is no index of a reserve.`, {
    remedy: "It is a number from 0 to 255; see `deco provider reserve show`.",
  });
}

/** @throws CliError `usage` */
export function providerOperand(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CliError("usage", `"${text}" is no provider.`, {
    remedy: "A provider is a number from 1 on; see `deco plan`.",
  });
}
