import { isDeepStrictEqual } from "node:util";
import { waitForReceipt } from "@deco-network/sdk";
import { concat, createPublicClient, custom, encodeFunctionData, type Hex, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../contracts/randomness/compile.ts";
import { startAnvil, type TestNode } from "../contracts/randomness/nodes.ts";
import { randomFrom } from "./random.ts";
import { randomVote } from "./vote-cases.ts";
import { judgeVote, type VoteCase, type VoteVerdict } from "./vote-rules.ts";
import { decodeVerdict, encodeVote } from "./vote-wire.ts";

/** DECO_NIGHTLY=1 takes twenty times as many. */
const CASES = process.env.DECO_NIGHTLY === "1" ? 100_000 : 5_000;
const CASES_PER_CALL = 200;
const GAS = 1_000_000_000n;

let node: TestNode;

beforeAll(async () => {
  node = await startAnvil(["--gas-limit", String(GAS)]);
});

afterAll(() => node?.stop());

interface Difference {
  readonly vote: VoteCase;
  readonly contracts: VoteVerdict;
  readonly model: VoteVerdict;
}

/** Deploys Votes.sol as the repository has it, or with one text of it replaced. */
async function deploy(plant?: { before: string; after: string }) {
  const edit = (path: string, text: string) => {
    if (plant === undefined || !path.endsWith("Votes.sol")) return text;
    expect(text.split(plant.before)).toHaveLength(2);
    return text.replace(plant.before, plant.after);
  };
  const { abi, bytecode } = compile("test/differential/VoteHarness.sol", "VoteHarness", edit);
  const client = createPublicClient({ transport: custom(node) });
  const [from] = (await node.request({ method: "eth_accounts" })) as Hex[];
  const hash = (await node.request({
    method: "eth_sendTransaction",
    params: [{ from, data: bytecode }],
  })) as Hex;
  const { contractAddress } = await waitForReceipt(client, { hash, pollMillis: 20 });
  return { abi, address: contractAddress ?? expect.unreachable("the harness was not deployed") };
}

/** Has contracts and model count the same votes; stops at the first call in which they differ. */
async function compare(
  { abi, address }: Awaited<ReturnType<typeof deploy>>,
  { cases, seed }: { cases: number; seed: number },
) {
  const random = randomFrom(seed);
  const met = { accepted: 0, consoled: 0, capped: 0, copied: 0, threshold: 0, minWeight: 0 };
  for (let done = 0; done < cases; done += CASES_PER_CALL) {
    const votes = Array.from({ length: CASES_PER_CALL }, () => randomVote(random));
    const head = encodeFunctionData({ abi, functionName: "count", args: [BigInt(votes.length)] });
    const data = concat([head, ...votes.map((vote) => toHex(encodeVote(vote, random)))]);
    const call = { to: address, data, gas: toHex(GAS) };
    const answer = await node.request({ method: "eth_call", params: [call, "latest"] });
    const words = (answer as string).slice(2 + 128);
    const differences: Difference[] = [];
    votes.forEach((vote, at) => {
      const contracts = decodeVerdict(BigInt(`0x${words.slice(at * 64, at * 64 + 64)}`));
      const model = judgeVote(vote);
      if (!isDeepStrictEqual(contracts, model)) differences.push({ vote, contracts, model });
      note(met, vote, model);
    });
    if (differences.length > 0) return { met, differences };
  }
  return { met, differences: [] };
}

/** Counts how often the cases came to the ends of the rules. */
function note(met: Record<string, number>, vote: VoteCase, verdict: VoteVerdict): void {
  const { accepted, weight, total, consoled } = verdict;
  const trust = vote.seats
    .filter(({ state }) => state.is === "revealed" || state.is === "withheld")
    .reduce((sum, seat) => sum + seat.trust, 0);
  const count = (name: string, happened: boolean) => {
    met[name] = (met[name] ?? 0) + (happened ? 1 : 0);
  };
  count("accepted", accepted);
  count("consoled", consoled.length > 0);
  count("capped", total < trust);
  count("threshold", total > 0 && weight * 10_000 === vote.thresholdBps * total);
  count("minWeight", weight > 0 && weight === vote.minWeight);
  count(
    "copied",
    vote.seats.some(({ state, round }) => state.is === "revealed" && state.tag.round !== round),
  );
}

describe("the vote", () => {
  it(`counts as the model does, ${CASES} times`, { timeout: 300_000 }, async () => {
    const { met, differences } = await compare(await deploy(), { cases: CASES, seed: 1 });
    expect(differences).toEqual([]);
    // Ends that were hardly met would prove little.
    const least = { accepted: 0.1, consoled: 0.1, capped: 0.1, copied: 0.02 };
    for (const [name, share] of Object.entries(least)) {
      expect(met[name as keyof typeof least], name).toBeGreaterThan(CASES * share);
    }
    expect(met.threshold).toBeGreaterThan(CASES / 1_000);
    expect(met.minWeight).toBeGreaterThan(CASES / 1_000);
  });

  const plants = [
    {
      name: "a score that just misses the threshold is enough",
      before: "count.weight * 10_000 >= thresholdBps * count.total",
      after: "count.weight * 10_000 + 9_999 >= thresholdBps * count.total",
    },
    {
      name: "a score on the threshold is not enough",
      before: "count.weight * 10_000 >= thresholdBps * count.total",
      after: "count.weight * 10_000 > thresholdBps * count.total",
    },
    {
      name: "withheld weight leaves the sum",
      before: "if (!voted(seat)) continue;",
      after: "if (seat.status != SeatStatus.Revealed) continue;",
    },
    {
      name: "the cap looks at revealed seats only",
      before: "if (voted(seats[i]) && seats[i].trust < trust)",
      after: "if (seats[i].status == SeatStatus.Revealed && seats[i].trust < trust)",
    },
    {
      name: "a tag of another round agrees",
      before: "if (tags[seat.round] != seat.value) continue;",
      after:
        "if (tags[seat.round] != seat.value && bytes24(OpeningLib.tag(taskId, seat.round - 1, result)) != seat.value) continue;",
    },
    {
      name: "a tie pays the first group",
      before: "} else if (weight == best) {",
      after: "} else if (weight == best && false) {",
    },
    {
      name: "groups reach over rounds",
      before: "if (seat.round != seats[first].round || seat.value != seats[first].value) continue;",
      after: "if (seat.value != seats[first].value) continue;",
    },
  ];

  it.each(plants)("differs when $name", async (plant) => {
    const { differences } = await compare(await deploy(plant), { cases: 5_000, seed: 1 });
    expect(differences.length).toBeGreaterThan(0);
  });
});
