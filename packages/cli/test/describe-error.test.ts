import { RequesterError } from "@deco-network/requester";
import { DecoContractError, DecoDocumentError } from "@deco-network/sdk";
import { StorageError } from "@deco-network/storage";
import { HttpRequestError } from "viem";
import { describe, expect, it } from "vitest";

import { describeError } from "../src/describe-error.ts";
import { CliError } from "../src/errors.ts";
import { EXIT } from "../src/exit-codes.ts";

const remedy = "Do something.";

describe("describeError", () => {
  it.each([
    [
      new CliError("account-unknown", "x", { remedy, where: "here" }),
      EXIT.usage,
      "account-unknown",
    ],
    [new CliError("chain-mismatch", "x", { remedy }), EXIT.network, "chain-mismatch"],
    [new RequesterError("job-invalid", "x", { remedy }), EXIT.usage, "job-invalid"],
    [new RequesterError("result-invalid", "x", { remedy }), EXIT.negative, "result-invalid"],
    [new RequesterError("aborted", "x", { remedy }), EXIT.interrupted, "aborted"],
    [new DecoContractError("LockTooSmall", [1n, 2n]), EXIT.network, "LockTooSmall"],
    [new DecoDocumentError("amount-invalid", "x", { remedy }), EXIT.usage, "amount-invalid"],
    [new StorageError("timeout", "x", { remedy }), EXIT.network, "timeout"],
    [new HttpRequestError({ url: "http://node" }), EXIT.network, "chain-unreachable"],
    [new TypeError("x"), EXIT.internal, "internal"],
  ])("gives %s the exit code %i", (error, exitCode, code) => {
    expect(describeError(error)).toMatchObject({ exitCode, code, remedy: expect.any(String) });
  });
});
