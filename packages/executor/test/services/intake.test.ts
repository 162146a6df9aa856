import { orderRequest, type Request } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import {
  encodeAbiParameters,
  encodeEventTopics,
  getAbiItem,
  type Hex,
  type Log,
  zeroHash,
} from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AssignmentState } from "../../src/assignments/states.ts";
import type { SeatKey } from "../../src/journal/transition.ts";
import type { SeatView } from "../../src/market/market-reader.ts";
import { Intake, type IntakeOptions } from "../../src/services/intake.ts";
import { TERMS } from "../support/network.ts";
import { IDENTITY, temporaryJournal } from "../support/temporary-journal.ts";

const PROVIDER = 7;
const MARKET = IDENTITY.market as Hex;
const TASK = `0x${"ab".repeat(32)}` as const;
const PANEL = `0x${"cd".repeat(32)}` as const;
const POSTED_BLOCK = 3;
const REQUEST = {
  ...TERMS,
  ...{ requester: MARKET, nonce: 0n, expiry: 0, program: zeroHash, input: zeroHash, volume: 1 },
  token: MARKET,
};

/** Ways through the life of an assignment, up to a state. */
const PATHS = {
  discovered: [],
  eligible: ["validating", "eligible"],
  lost: ["lost"],
  claiming: ["validating", "eligible", "claiming"],
  seated: ["validating", "eligible", "claiming", "seated"],
} as const satisfies Partial<Record<AssignmentState, readonly AssignmentState[]>>;

function logOf(topics: Log["topics"], data: Hex): Log {
  const place = { blockNumber: 5n, blockHash: zeroHash, logIndex: 0, removed: false };
  const transaction = { transactionHash: zeroHash, transactionIndex: 0 };
  return { address: MARKET, topics, data, ...place, ...transaction } as Log;
}

function roundOpened(round: number): Log {
  const event = { abi: decoMarketAbi, eventName: "RoundOpened" } as const;
  const { inputs } = getAbiItem({ abi: decoMarketAbi, name: "RoundOpened" });
  const data = encodeAbiParameters(
    inputs.filter(({ indexed }) => !indexed),
    [round, 3, 4],
  );
  return logOf(encodeEventTopics({ ...event, args: { taskId: TASK } }) as Log["topics"], data);
}

function panelOpened(): Log {
  const event = { abi: decoMarketAbi, eventName: "PanelOpened" } as const;
  const { inputs } = getAbiItem({ abi: decoMarketAbi, name: "PanelOpened" });
  const data = encodeAbiParameters(
    inputs.filter(({ indexed }) => !indexed),
    [1, 3, 4],
  );
  const args = { taskId: TASK, panelId: PANEL, index: 0 };
  return logOf(encodeEventTopics({ ...event, args }) as Log["topics"], data);
}

describe("Intake", () => {
  let place: ReturnType<typeof temporaryJournal>;
  let seat: SeatView["status"];
  let request: Request;
  let opened: SeatKey[];
  let intake: Intake;

  beforeEach(() => {
    place = temporaryJournal();
    seat = "none";
    request = REQUEST;
    opened = [];
    const market = {
      task: async () => ({ kind: "live" }),
      seat: async () => ({ status: seat, round: 1, value: "0x" }),
      posted: async () => ({ request, block: POSTED_BLOCK }),
    };
    const options = {
      identity: { provider: PROVIDER, operator: MARKET, chainId: 31_337, market: MARKET },
      journal: place.journal,
      market,
      pool: { open: (key: SeatKey) => opened.push(key), wake() {} },
      gate: { close() {} },
      logger: { warn() {}, fatal() {} },
      startBlock: 0,
    };
    intake = new Intake(options as unknown as IntakeOptions);
  });
  afterEach(() => place.remove());

  /** An assignment of the task's first round, moved to a state. */
  function known(state: keyof typeof PATHS): void {
    const key = { task: TASK, round: 1 };
    const { journal } = place;
    journal.record({ kind: "assignment-opened", key, request: "0x01", postedBlock: POSTED_BLOCK });
    let from: AssignmentState = "discovered";
    for (const to of PATHS[state]) {
      journal.record({ kind: "assignment-moved", key, from, to });
      from = to;
    }
  }

  /** What was opened by events that came together. */
  async function openedBy(...logs: Log[]): Promise<SeatKey[]> {
    intake.onLogs(logs);
    // What is asked of the chain is answered at once here.
    await new Promise((resolve) => setImmediate(resolve));
    return opened;
  }

  it.each(["discovered", "eligible", "lost"] as const)(
    "opens a further round and a panel of a task whose first round is %s",
    async (state) => {
      known(state);
      expect(await openedBy(roundOpened(2), panelOpened())).toEqual([
        { task: TASK, round: 2 },
        { task: PANEL, round: 1 },
      ]);
    },
  );

  it("learns of a task and of its panel at once", async () => {
    expect(await openedBy(roundOpened(1))).toEqual([{ task: TASK, round: 1 }]);
    expect(await openedBy(roundOpened(1), panelOpened())).toEqual([
      { task: TASK, round: 1 },
      { task: PANEL, round: 1 },
    ]);
  });

  it("opens neither where it has a seat", async () => {
    known("seated");
    expect(await openedBy(roundOpened(2), panelOpened())).toEqual([]);
  });

  it.each([
    ["neither after a claim that the chain took", "taken", []],
    [
      "both after a claim that the chain refused",
      "none",
      [
        { task: TASK, round: 2 },
        { task: PANEL, round: 1 },
      ],
    ],
  ] as const)("opens %s", async (_, status, expected) => {
    known("claiming");
    seat = status;
    expect(await openedBy(roundOpened(2), panelOpened())).toEqual(expected);
  });

  it("opens nothing for the proof of an order, which tells of a round without seats", async () => {
    request = orderRequest({
      ...{ requester: MARKET, nonce: 0n, expiry: 0, program: zeroHash, input: zeroHash, volume: 1 },
      ...{ token: MARKET, price: 1n, policy: MARKET, policyData: zeroHash },
      ...{ lock: 1n, commitWindow: 60 },
    });
    expect(await openedBy(roundOpened(1))).toEqual([]);
  });

  it("opens a round once", async () => {
    known("lost");
    expect(await openedBy(roundOpened(1), roundOpened(2), roundOpened(2))).toEqual([
      { task: TASK, round: 2 },
    ]);
  });
});
