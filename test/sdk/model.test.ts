import {
  assignmentTypedData,
  commitmentOf,
  countVotes,
  fractionOfPrice,
  isAccepted,
  isDrawn,
  isEarly,
  largestGroup,
  lowerTrust,
  offerTypedData,
  priceAt,
  priceAtFraction,
  raiseTrust,
  rampFraction,
  stakeBefore,
  tagOf,
  taskOfferTypedData,
  ticketOf,
  type VoteSeat,
  votePrefix,
  waitForReceipt,
} from "@deco-network/sdk";
import {
  type Abi,
  type Address,
  createPublicClient,
  custom,
  type Hex,
  hashStruct,
  keccak256,
  numberToHex,
  pad,
} from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../contracts/randomness/compile.ts";
import { startAnvil, type TestNode } from "../contracts/randomness/nodes.ts";

const CASES = 250;

let node: TestNode;
let read: <Result>(functionName: string, args: readonly unknown[]) => Promise<Result>;

beforeAll(async () => {
  node = await startAnvil();
  const { abi, bytecode } = compile("test/sdk/support/ModelHarness.sol", "ModelHarness");
  const client = createPublicClient({ transport: custom(node) });
  const [from] = (await node.request({ method: "eth_accounts" })) as Hex[];
  const hash = (await node.request({
    method: "eth_sendTransaction",
    params: [{ from, data: bytecode, gas: numberToHex(6_000_000) }],
  })) as Hex;
  const { contractAddress } = await waitForReceipt(client, { hash, pollMillis: 20 });
  const address = contractAddress ?? expect.unreachable("the harness was not deployed");
  const contract = { address, abi: abi as Abi };
  read = async <Result>(functionName: string, args: readonly unknown[]) =>
    (await client.readContract({ ...contract, functionName, args })) as Result;
}, 120_000);

afterAll(async () => {
  await node?.stop();
});

/** Numbers from a seed, the same in every run. */
function randomness(seed: number) {
  let state = keccak256(numberToHex(seed, { size: 32 }));
  const word = () => {
    state = keccak256(state);
    return state;
  };
  const below = (limit: number) => Number(BigInt(word()) % BigInt(limit));
  const bits = (count: number) => BigInt(word()) >> BigInt(256 - count);
  const pick = <Value>(values: readonly Value[]) => values[below(values.length)] as Value;
  return { word, below, bits, pick };
}

const STATUSES = ["none", "taken", "committed", "revealed", "abstained"] as const;

test("votes", async () => {
  const { word, below, pick } = randomness(1);
  const outcomes = { accepted: 0, grouped: 0 };
  for (let i = 0; i < CASES; i++) {
    const taskId = word();
    const results = [word(), word(), word()];
    const rounds = 1 + below(3);
    const bias = below(4);
    const seats = Array.from({ length: 1 + below(9) }, (_, at): VoteSeat => {
      const round = 1 + below(rounds);
      const status =
        bias === 0 ? pick(STATUSES.slice(1)) : pick(["revealed", "committed", "revealed"]);
      const tag = tagOf(taskId, round, pick(bias === 1 ? results.slice(0, 1) : results));
      const trust = pick([10, 11, 29, 30, 31, 100]);
      const seat = { provider: at + 1, round, trust, status } as VoteSeat;
      return status === "revealed" ? { ...seat, tag } : seat;
    });
    const terms = {
      thresholdBps: pick([5_001, 6_000, 7_500]),
      minAgreeing: 1 + below(2),
      minWeight: pick([0, 0, 30, 90]),
    };
    const weightCap = pick([1, 3, 10]);
    const result = results[0] as Hex;
    const theirs = await read<[{ weight: bigint; total: bigint; agrees: bigint }, boolean, bigint]>(
      "vote",
      [
        taskId,
        seats.map((seat) => ({
          status: STATUSES.indexOf(seat.status),
          round: seat.round,
          trust: seat.trust,
          early: false,
          checkpoints: 0,
          priceFraction: 0,
          value: votePrefix(seat.tag ?? pad("0x01", { dir: "right" })),
        })),
        result,
        { rounds, weightCap, ...terms },
      ],
    );
    const members = (set: bigint) =>
      seats.filter((_, at) => (set >> BigInt(at)) & 1n).map((seat) => seat.provider);
    const count = countVotes({ taskId, seats, result, weightCap });
    const [tally, accepted, group] = theirs;
    expect(count).toEqual({
      weight: Number(tally.weight),
      total: Number(tally.total),
      agreeing: members(tally.agrees),
    });
    expect(isAccepted(count, terms)).toBe(accepted);
    expect(largestGroup(seats, weightCap)).toEqual(members(group));
    if (accepted) outcomes.accepted++;
    if (group !== 0n) outcomes.grouped++;
  }
  // Both ends of each rule were met often.
  for (const met of Object.values(outcomes)) {
    expect(met).toBeGreaterThan(CASES / 10);
    expect(met).toBeLessThan((CASES * 9) / 10);
  }
});

test("sortition", async () => {
  const { word, below, bits } = randomness(2);
  let draws = 0;
  for (let i = 0; i < CASES; i++) {
    const [seed, taskId] = [word(), word()];
    const [round, provider] = [1 + below(15), 1 + below(2 ** 32 - 1)];
    const claimWindow = 1 + below(2 ** 20 - 1);
    const elapsed = below(claimWindow + 1);
    const seats = 1 + below(16);
    const stake = bits(1 + below(42)) + 1n;
    const totalStake = stake * BigInt(1 + below(60)) + bits(10);
    const ticket = ticketOf(seed, taskId, round, provider);
    const words = [
      seed,
      taskId,
      numberToHex(round, { size: 32 }),
      numberToHex(provider, { size: 32 }),
    ];
    const args = [words, elapsed, claimWindow, seats, stake, totalStake];
    const [theirs, drawn, early] = await read<[Hex, boolean, boolean]>("drawn", args);
    expect(ticket).toBe(theirs);
    const terms = { claimWindow, seats, stake: stake * 10n ** 15n + bits(49), totalStake };
    expect(isDrawn(ticket, elapsed, terms)).toBe(drawn);
    expect(isEarly(elapsed, claimWindow)).toBe(early);
    if (drawn) draws++;
  }
  expect(draws).toBeGreaterThan(CASES / 10);
  expect(draws).toBeLessThan((CASES * 9) / 10);
});

test("prices", async () => {
  const { below, bits, pick } = randomness(3);
  for (let i = 0; i < CASES; i++) {
    const minPrice = bits(pick([1, 20, 60, 95]));
    const maxPrice = minPrice + bits(pick([1, 20, 60, 95]));
    const rampSeconds = 1 + below(2 ** 32 - 1);
    const elapsed = pick([0, below(rampSeconds), rampSeconds, below(2 ** 20)]);
    const args = [minPrice, maxPrice, elapsed, rampSeconds];
    const [fraction, amount] = await read<[number, bigint]>("price", args);
    expect(rampFraction(elapsed, rampSeconds)).toBe(BigInt(fraction));
    expect(priceAt({ minPrice, maxPrice, rampSeconds }, elapsed)).toBe(amount);
  }
});

test("agreed prices", async () => {
  const { bits, pick } = randomness(6);
  for (let i = 0; i < CASES; i++) {
    const minPrice = bits(pick([1, 20, 60, 95]));
    const range = bits(pick([1, 20, 60, 95]));
    const maxPrice = minPrice + range;
    const price = pick([minPrice, minPrice + (bits(95) % (range + 1n)), maxPrice]);
    const args = [minPrice, maxPrice, price];
    const [fraction, amount] = await read<[number, bigint]>("agreed", args);
    expect(fractionOfPrice({ minPrice, maxPrice }, price)).toBe(BigInt(fraction));
    expect(priceAtFraction({ minPrice, maxPrice }, BigInt(fraction))).toBe(amount);
    expect(amount).toBeGreaterThanOrEqual(price);
    expect(amount).toBeLessThanOrEqual(maxPrice);
  }
});

test("offers and assignments", async () => {
  const { word, below, bits } = randomness(7);
  const domain = { chainId: 1, market: pad("0x01", { size: 20 }) };
  const address = () => word().slice(0, 42) as Address;
  const small = () => below(2 ** 32);
  for (let i = 0; i < 50; i++) {
    const taskOffer = {
      ...{ taskId: word(), provider: small(), price: bits(96), expiry: small(), epoch: small() },
    };
    const offer = {
      ...{ ...taskOffer, allocator: address(), requester: address(), token: address() },
      ...{ program: word(), minLock: bits(96), maxLock: bits(96), maxVolume: small() },
      ...{ minCommitWindow: small(), seats: small(), salt: word() },
    };
    const seats = Array.from({ length: below(5) }, () => ({ provider: small(), price: bits(96) }));
    const assignment = { taskId: word(), round: below(16), seats };
    const hash = <Data extends { message: unknown }>({ message, ...data }: Data) =>
      hashStruct({ ...data, data: message } as unknown as Parameters<typeof hashStruct>[0]);
    expect(await read("offer", [offer])).toBe(hash(offerTypedData(domain, offer)));
    expect(await read("taskOffer", [taskOffer])).toBe(hash(taskOfferTypedData(domain, taskOffer)));
    expect(await read("assignment", [assignment.taskId, assignment.round, seats])).toBe(
      hash(assignmentTypedData(domain, assignment)),
    );
  }
});

test("trust", async () => {
  const { below, pick } = randomness(4);
  for (let i = 0; i < CASES; i++) {
    const state = {
      trust: 10 + below(91),
      debt: pick([0, below(20), 65_530]),
      raisedEpoch: below(10),
    };
    const work = { ...state, locked: 0n, liveSeats: 0, leaving: false, dormant: false };
    const [step, epoch] = [below(91), below(12)];
    type Work = typeof state;
    const [raised, lowered] = await read<[Work, Work]>("trust", [work, step, epoch]);
    expect(raised).toMatchObject(raiseTrust(state, step, epoch));
    expect(lowered).toMatchObject(lowerTrust(state, step));
  }
});

test("stake that counts, and commitments", async () => {
  const { word, below, bits } = randomness(5);
  for (let i = 0; i < 50; i++) {
    const stake = { active: bits(90), aged: bits(80), since: below(100) };
    const time = below(100);
    expect(stakeBefore(stake, time)).toBe(await read<bigint>("activeBefore", [stake, time]));
    const [taskId, tag, salt] = [word(), word(), word()];
    const [round, provider] = [1 + below(15), 1 + below(2 ** 32 - 1)];
    const theirs = await read<Hex>("commitment", [taskId, round, provider, tag, salt]);
    expect(commitmentOf({ taskId, round, provider, tag, salt })).toBe(theirs);
  }
});
