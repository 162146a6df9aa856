import type { Hex } from "viem";
import { concatHex, encodeAbiParameters, keccak256, numberToHex, stringToHex } from "viem";

const TAG_DOMAIN = keccak256(stringToHex("deco.tag.v1"));
const COMMITMENT_DOMAIN = keccak256(stringToHex("deco.commitment.v1"));

/** Bytes of commitments and tags that the chain keeps. */
export const VOTE_PREFIX_BYTES = 24;

/** What a reveal shows; it hides the result until settlement opens it. */
export function tagOf(taskId: Hex, round: number, result: Hex): Hex {
  return keccak256(concatHex([TAG_DOMAIN, taskId, numberToHex(round, { size: 32 }), result]));
}

export interface CommitmentParameters {
  readonly taskId: Hex;
  readonly round: number;
  readonly provider: number;
  readonly tag: Hex;
  readonly salt: Hex;
}

/** What a commit shows: binds one provider to one tag, so that nobody can copy it. */
export function commitmentOf({ taskId, round, provider, tag, salt }: CommitmentParameters): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: "bytes32" },
        { type: "bytes32" },
        { type: "uint256" },
        { type: "uint256" },
        { type: "bytes32" },
        { type: "bytes32" },
      ],
      [COMMITMENT_DOMAIN, taskId, BigInt(round), BigInt(provider), tag, salt],
    ),
  );
}

/** The part of a commitment or tag that a seat stores; two with the same prefix are equal to the chain. */
export function votePrefix(value: Hex): Hex {
  return value.slice(0, 2 + 2 * VOTE_PREFIX_BYTES).toLowerCase() as Hex;
}
