import { isP2pError, MAX_REFUSALS, refusals } from "@deco-network/p2p";
import { type Request, taskIdOf } from "@deco-network/sdk";
import { type Hash, zeroAddress } from "viem";
import { describe, expect, it } from "vitest";

import type { Waiting } from "../../src/assignments/assignment-pool.ts";
import { RefusalDesk, type RefusalDeskOptions } from "../../src/reasons/refusal-desk.ts";
import type { RefusalRecord } from "../../src/records/records.ts";
import { TERMS } from "../support/network.ts";

const REQUESTER = "0x00000000000000000000000000000000000000a1";
const STRANGER = "0x00000000000000000000000000000000000000a2";
const hash = (digit: string): Hash => `0x${digit.repeat(64)}`;
const identity = {
  ...{ provider: 7, operator: STRANGER, chainId: 31_337 },
  market: "0x00000000000000000000000000000000000000aa",
} as const;
const request: Request = {
  ...TERMS,
  ...{ requester: REQUESTER, nonce: 1n, expiry: 10, volume: 1, token: zeroAddress },
  ...{ program: hash("1"), input: hash("2") },
};
const task = taskIdOf(identity, request);
const no = (code: string, detail?: string, round = 1): RefusalRecord => ({
  ...{ task, round, source: "market", code, at: 1_700_000_000_999 },
  ...(detail !== undefined && { detail }),
});

function deskOf(records: readonly RefusalRecord[], waiting?: Waiting) {
  const key = { task, round: 1 };
  return new RefusalDesk({
    ...{ identity, dataFolder: "/var/lib/deco/data" },
    records: { refusalsOf: (asked: Hash) => (asked === task ? [...records] : []) },
    journal: { assignmentsOf: (asked: Hash) => (asked === task && waiting ? [{ key }] : []) },
    pool: { waiting: () => waiting },
  } as unknown as RefusalDeskOptions);
}
const ask = (desk: RefusalDesk, sender: `0x${string}` = REQUESTER, asked = request) =>
  desk.answer({ sender, body: { request: asked } });

describe("the desk for reasons", () => {
  it("tells the requester why no seat was taken, in what the protocol reads", async () => {
    const desk = deskOf([no("image-invalid", "layer 2 is a device")]);
    const answer = await ask(desk);
    expect(refusals.answerBody.parse(answer)).toEqual({
      refusals: [
        {
          round: 1,
          source: "market",
          code: "image-invalid",
          detail: "layer 2 is a device",
          at: 1_700_000_000,
        },
      ],
    });
  });

  it("says nothing to anybody else, whatever is known", async () => {
    for (const records of [[], [no("image-invalid")]]) {
      const error = await ask(deskOf(records), STRANGER).catch((thrown: unknown) => thrown);
      expect(isP2pError(error, "sender-refused")).toBe(true);
    }
  });

  it("knows a task by its request: another one has other reasons", async () => {
    const desk = deskOf([no("image-invalid")]);
    expect(await ask(desk, REQUESTER, { ...request, nonce: 2n })).toEqual({ refusals: [] });
  });

  it("tells what it waits for as long as it may take a seat", async () => {
    const desk = deskOf([], { why: { code: "input-missing", detail: "no peer has bafk…" } });
    expect(await ask(desk)).toEqual({ refusals: [], waiting: "input-missing" });
    expect(await ask(deskOf([], {}))).toEqual({ refusals: [] });
  });

  it("tells no detail of this machine, or of what work costs here", async () => {
    const desk = deskOf([
      no("price-too-low", "Its cost is 7: up to 2 s of 50 % of the machine"),
      no("engine-engine-unavailable", "connect ENOENT /var/run/docker.sock"),
      no("engine-image-invalid", "Image /var/lib/deco/data/cache/file-a/content: no manifest"),
    ]);
    const { refusals: told } = refusals.answerBody.parse(await ask(desk));
    expect(told.map(({ code, detail }) => [code, detail])).toEqual([
      ["price-too-low", undefined],
      ["engine-engine-unavailable", undefined],
      ["engine-image-invalid", "Image …/cache/file-a/content: no manifest"],
    ]);
  });

  it("bounds what it tells: the last ones, and the beginning of a detail", async () => {
    const many = Array.from({ length: 12 }, (_, round) =>
      no("disk-limit", "x".repeat(500), round + 1),
    );
    const answer = refusals.answerBody.parse(await ask(deskOf(many)));
    expect(answer.refusals).toHaveLength(MAX_REFUSALS);
    expect(answer.refusals.map(({ round }) => round)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    expect(answer.refusals[0]?.detail).toHaveLength(300);
  });
});
