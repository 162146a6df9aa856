import { encodeDocument, resultSchema } from "@deco-network/sdk";
import { toHex } from "viem";

import { ProofsError } from "./errors.ts";

/** A commitment as documents write it. */
export function commitmentText(commitment: bigint): `0x${string}` {
  return toHex(commitment, { size: 32 });
}

/**
 * Takes an input document apart as a policy does: the commitment that it begins with, and the bytes behind that.
 * @throws ProofsError `input-invalid`
 */
export function splitInput(document: Uint8Array): { commitment: bigint; rest: Uint8Array } {
  const head = new TextDecoder().decode(document.subarray(0, HEAD_BYTES));
  const [, digits] = /^\{"commitment":"(0x[0-9a-f]{64})"$/.exec(head) ?? [];
  if (digits === undefined) {
    throw new ProofsError(
      "input-invalid",
      "The input document names no commitment.",
      "Circuits take inputs with a commitment; see docs/PROOFS.md.",
    );
  }
  return { commitment: BigInt(digits), rest: document.subarray(HEAD_BYTES) };
}

const HEAD_BYTES = '{"commitment":"0x"'.length + 64;

/** The result document of a proven task: nothing but the commitment was proven, so nothing else is in it. */
export function provenResult(output: bigint): Uint8Array {
  const commitment = commitmentText(output);
  return encodeDocument(resultSchema, { deco: "result/1", exitCode: 0, commitment });
}
