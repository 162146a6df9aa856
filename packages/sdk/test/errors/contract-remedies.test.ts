import { encodeErrorResult, stringToHex, zeroAddress, zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import { contractErrorsAbi } from "../../src/contracts.ts";
import { DecoContractError } from "../../src/errors/contract-error.ts";
import { contractRemedies } from "../../src/errors/contract-remedies.ts";
import { decodeContractError, decodeRevertData } from "../../src/errors/decode-contract-error.ts";

const errors = contractErrorsAbi.flatMap((item) => (item.type === "error" ? [item] : []));
const names = [...new Set(errors.map((error) => error.name))].sort();

/** A value of each type that errors carry. */
function example(type: string): unknown {
  if (type === "address") return zeroAddress;
  if (type === "bytes32") return zeroHash;
  if (type === "string") return "text";
  if (/^u?int/.test(type)) return Number(type.replace(/^u?int/, "")) <= 48 ? 1 : 1n;
  return expect.unreachable(`no example of ${type}`);
}

describe("every error of the contracts", () => {
  test("there are many", () => {
    expect(names.length).toBeGreaterThan(60);
    expect(names).toContain("NotDrawn");
    expect(names).toContain("ParameterOutOfBounds");
    expect(names).toContain("ERC20InsufficientAllowance");
    expect(names).toContain("UnknownHeader");
  });

  test.each(names)("%s has a remedy and is decoded", (name) => {
    const remedies: Readonly<Record<string, { remedy: string; reaction: string }>> =
      contractRemedies;
    expect(Object.hasOwn(contractRemedies, name)).toBe(true);
    expect(remedies[name]?.remedy).toMatch(/^[A-Z].{10,}\.$/);
    const item = errors.find((error) => error.name === name);
    const args = item?.inputs.map((input) => example(input.type)) ?? [];
    const data = encodeErrorResult({ abi: contractErrorsAbi, errorName: name, args });
    const decoded = decodeRevertData(data);
    expect(decoded.code).toBe(name);
    expect(decoded.args).toEqual(args);
    expect(decoded.remedy).toBe(remedies[name]?.remedy);
  });

  test("no remedy outlives its error", () => {
    const builtIn = ["Error", "Panic", "Unknown"];
    const stale = Object.keys(contractRemedies).filter(
      (name) => !names.includes(name) && !builtIn.includes(name),
    );
    expect(stale).toEqual([]);
  });
});

describe("decoding", () => {
  test("names fields in the message", () => {
    const field = stringToHex("claimWindow", { size: 32 });
    const error = new DecoContractError("FieldOutOfRange", [field, 1n, 2n, 3n]);
    expect(error.message).toBe("FieldOutOfRange(claimWindow, 1, 2, 3)");
  });

  test("finds data at any depth, whoever's class the error is", () => {
    const data = encodeErrorResult({ abi: contractErrorsAbi, errorName: "ZeroAmount" });
    const nested = new TypeError("outer", { cause: { cause: { data: { data } } } });
    expect(decodeContractError(nested)?.code).toBe("ZeroAmount");
    expect(decodeContractError({ code: 3, data })?.code).toBe("ZeroAmount");
  });

  test("is undefined for what is no revert", () => {
    expect(decodeContractError(new TypeError("offline"))).toBeUndefined();
    expect(decodeContractError(undefined)).toBeUndefined();
    const cyclic: { cause?: unknown } = {};
    cyclic.cause = cyclic;
    expect(decodeContractError(cyclic)).toBeUndefined();
  });

  test("keeps foreign data as Unknown", () => {
    const error = decodeRevertData("0x12345678");
    expect(error.code).toBe("Unknown");
    expect(error.args).toEqual(["0x12345678"]);
    expect(decodeRevertData("0x").code).toBe("Unknown");
  });

  test("reads reasons and panics", () => {
    const reason =
      "0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000026e6f000000000000000000000000000000000000000000000000000000000000";
    expect(decodeRevertData(reason)).toMatchObject({ code: "Error", args: ["no"] });
    expect(decodeRevertData(`0x4e487b71${"11".padStart(64, "0")}`)).toMatchObject({
      ...{ code: "Panic", args: [17n] },
    });
  });
});
