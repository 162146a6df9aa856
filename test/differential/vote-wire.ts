import { encodeAbiParameters, keccak256, toBytes, toHex } from "viem";
import type { Random } from "./random.ts";
import type { TagMeaning, VoteCase, VoteVerdict, VotingSeat } from "./vote-rules.ts";

/** `SeatStatus` of the contracts. */
const STATUS = { seated: 1, withheld: 2, revealed: 3, abstained: 4 } as const;
const TAG_DOMAIN = keccak256(toBytes("deco.tag.v1"));

/** The words of one case as VoteHarness reads them. */
export function encodeVote(vote: VoteCase, random: Random): Uint8Array {
  const taskId = random.bytes(32);
  const results = [0, 1, 2, 3].map(() => random.bytes(32));
  const tags = new Map<string, Uint8Array>();
  const tagOf = ({ round, result }: TagMeaning) => {
    const name = `${round}:${result}`;
    const known = tags.get(name);
    if (known !== undefined) return known;
    const made = hashTag(taskId, round, results[result]);
    tags.set(name, made);
    return made;
  };
  const words = new Uint8Array((3 + vote.seats.length) * 32);
  words.set(taskId, 0);
  words.set(results[vote.opened] ?? [], 32);
  const terms = new DataView(words.buffer, 64, 32);
  terms.setUint16(24, vote.minWeight);
  terms.setUint8(26, vote.minAgreeing);
  terms.setUint16(27, vote.thresholdBps);
  terms.setUint8(29, vote.weightCap);
  terms.setUint8(30, vote.rounds);
  terms.setUint8(31, vote.seats.length);
  vote.seats.forEach((seat, at) => {
    const start = 96 + at * 32;
    words.set(keptBy(seat, tagOf, random), start);
    words.set([seat.trust, seat.round, STATUS[seat.state.is]], start + 29);
  });
  return words;
}

/** The 24 bytes that a seat keeps: of its tag, of its commitment, or an abstention's reason. */
function keptBy({ state }: VotingSeat, tagOf: (tag: TagMeaning) => Uint8Array, random: Random) {
  if (state.is === "revealed") return tagOf(state.tag).subarray(0, 24);
  if (state.is === "withheld") return random.bytes(24);
  const value = new Uint8Array(24);
  if (state.is === "abstained") value[23] = 1 + random.below(7);
  return value;
}

const tagTypes = [
  { type: "bytes32" },
  { type: "bytes32" },
  { type: "uint256" },
  { type: "bytes32" },
] as const;

function hashTag(taskId: Uint8Array, round: number, result: Uint8Array | undefined): Uint8Array {
  if (result === undefined) throw new RangeError("There is no such result.");
  const values = [TAG_DOMAIN, toHex(taskId), BigInt(round), toHex(result)] as const;
  return keccak256(encodeAbiParameters(tagTypes, values), "bytes");
}

/** One word of VoteHarness's answer. */
export function decodeVerdict(word: bigint): VoteVerdict {
  const field = (shift: number, bits: number) =>
    Number((word >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n));
  return {
    accepted: field(0, 8) === 1,
    weight: field(48, 32),
    total: field(80, 32),
    agreeing: places(field(16, 16)),
    consoled: places(field(32, 16)),
  };
}

function places(set: number): number[] {
  return Array.from({ length: 16 }, (_, at) => at).filter((at) => (set >> at) & 1);
}
