import { commitmentOf, commitmentTypedData, tagOf } from "@deco-network/sdk";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { beforeEach, describe, expect, it } from "vitest";

import { type Ballot, BallotBox, ballots } from "../../src/index.ts";
import { DOMAIN } from "../support.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const taskId = hash("a");
const operators = [1, 2].map(() => privateKeyToAccount(generatePrivateKey()));
const [first, second] = operators.map(({ address }) => address);
const tag = tagOf(taskId, 1, hash("b"));
const saltOf = (provider: number) => hash(String(provider));

/** What provider 1 or 2 commits to with this tag. */
async function sealed(provider: number, more: Partial<Ballot> = {}): Promise<Ballot> {
  const commitment = commitmentOf({ taskId, round: 1, provider, tag, salt: saltOf(provider) });
  const message = { taskId, round: 1, commitment: more.commitment ?? commitment };
  const typed = commitmentTypedData(DOMAIN, message);
  const signature = (await operators[provider - 1]?.signTypedData(typed)) ?? "0x";
  return { ...message, provider, signature, ...more };
}

const shown = (provider: number) => ({ tag, salt: saltOf(provider) });

let box: BallotBox;
beforeEach(() => {
  box = new BallotBox(DOMAIN);
});

describe("BallotBox", () => {
  it("holds what seats give, by their ids, and tells what they have shown", async () => {
    const [one, two] = [await sealed(1), await sealed(2)];
    await box.put(two, second ?? "0x");
    await box.put(one, first ?? "0x");
    expect(box.ballots(taskId, 1)).toEqual([one, two]);
    expect(box.ballots(taskId, 2)).toEqual([]);
    expect(box.answer(taskId, 1)).toEqual({ held: [1, 2], shown: [] });
    await box.put({ ...one, shown: shown(1) }, first ?? "0x");
    // Asked again as before, it forgets nothing.
    await box.put(one, first ?? "0x");
    const answer = { held: [1, 2], shown: [{ provider: 1, ...shown(1) }] };
    expect(box.answer(taskId, 1)).toEqual(answer);
    expect(ballots.answerBody.parse(answer)).toEqual(answer);
  });

  it("refuses what its operator did not sign, does not open, or is another than before", async () => {
    const one = await sealed(1);
    const refused = expect.objectContaining({ code: "sender-refused" });
    await expect(box.put(one, second ?? "0x")).rejects.toEqual(refused);
    await expect(box.put({ ...one, round: 2 }, first ?? "0x")).rejects.toEqual(refused);
    const unopened = { ...one, shown: { tag, salt: saltOf(2) } };
    await expect(box.put(unopened, first ?? "0x")).rejects.toEqual(refused);
    expect(box.ballots(taskId, 1)).toEqual([]);
    await box.put(one, first ?? "0x");
    const other = await sealed(1, { commitment: hash("c") });
    await expect(box.put(other, first ?? "0x")).rejects.toEqual(refused);
    expect(box.ballots(taskId, 1)).toEqual([one]);
  });
});

describe("ballots", () => {
  it("carry a commitment, signed by a key, and show tag and salt or nothing", async () => {
    const one = await sealed(1);
    for (const ballot of [one, { ...one, shown: shown(1) }]) {
      expect(ballots.askBody.parse(ballot)).toEqual(ballot);
    }
    const result = { ...shown(1), result: hash("b") };
    expect(ballots.askBody.safeParse({ ...one, shown: result }).success).toBe(false);
    expect(ballots.askBody.safeParse({ ...one, signature: "0x" }).success).toBe(false);
  });
});
