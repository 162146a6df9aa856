import { parseUnits } from "viem";
import { DecoDocumentError } from "./document-error.ts";

/**
 * Reads an amount of a job: `"1.5"` or `"1.5 DECO"` in whole tokens, `"1500000 base"` in base units.
 * @returns Base units.
 * @throws DecoDocumentError `amount-invalid` for another unit, or digits beyond the token's base unit.
 */
export function parseAmount(
  text: string,
  token: { readonly symbol: string; readonly decimals: number },
): bigint {
  const match = /^(\d+)(?:\.(\d+))?(?: ([A-Za-z][A-Za-z0-9.-]*))?$/.exec(text);
  if (match === null) throw invalid(text, `Write it as "1.5 ${token.symbol}" or "1500000 base".`);
  const [, whole = "0", fraction = "", unit = token.symbol] = match;
  if (unit === "base") {
    if (fraction !== "") throw invalid(text, "Base units have no fraction.");
    return BigInt(whole);
  }
  if (unit !== token.symbol) throw invalid(text, `The unit must be ${token.symbol} or base.`);
  if (fraction.length > token.decimals) {
    throw invalid(text, `${token.symbol} has ${token.decimals} decimals; shorten the fraction.`);
  }
  return parseUnits(fraction === "" ? whole : `${whole}.${fraction}`, token.decimals);
}

function invalid(text: string, remedy: string): DecoDocumentError {
  return new DecoDocumentError("amount-invalid", `"${text}" is not an amount here`, { remedy });
}
