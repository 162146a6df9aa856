import { formatUnits } from "viem";

/** A payment token as amounts are written in it. */
export interface Unit {
  readonly symbol: string;
  readonly decimals: number;
}

export const DECO: Unit = { symbol: "DECO", decimals: 18 };

/** `1.5 DECO`: at most six decimals, cut, never rounded up. */
export function formatAmount(amount: bigint, unit: Unit): string {
  const [whole = "0", fraction = ""] = formatUnits(amount, unit.decimals).split(".");
  const shown = fraction.slice(0, 6).replace(/0+$/, "");
  if (shown === "" && whole === "0" && amount !== 0n) return `< 0.000001 ${unit.symbol}`;
  return `${shown === "" ? whole : `${whole}.${shown}`} ${unit.symbol}`;
}

/** Trust in tenths as people write it. */
export function formatTrust(tenths: number): string {
  return (tenths / 10).toFixed(1);
}

/** `60 %`, `33.5 %`. */
export function formatShare(basisPoints: number): string {
  return `${Number((basisPoints / 100).toFixed(2))} %`;
}

/** A span of seconds: `45 s`, `2 min 5 s`, `3 h 0 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A moment of block time. */
export function formatMoment(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
