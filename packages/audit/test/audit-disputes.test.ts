import { panelIdOf, type Request, UNAVAILABLE } from "@deco-network/sdk";
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { acceptedTask, operatorOf, voteFor } from "../../../test/sdk/support/accepted-task.ts";
import {
  digestOf,
  type MarketNetwork,
  startMarketNetwork,
} from "../../../test/sdk/support/market-network.ts";
import { type AuditReport, auditTask } from "../src/index.ts";
import { changeEvent, word } from "./support/altered-events.ts";
import { type Lie, lyingClient } from "./support/lying-client.ts";

const [TRUTH, LIE] = [digestOf("the truth"), digestOf("a lie")];
const WINDOW = 300;
const VOTERS = [1, 2, 3];
const JUDGES = [4, 5, 6];
const APPELLANT = 12;

const truth: Lie = (_method, _params, answer) => answer;

describe("an audit of disputes", () => {
  let network: MarketNetwork;
  /** A lie that a panel overturned; the first task of the chain. */
  let overturned: Hex;

  beforeAll(async () => {
    network = await startMarketNetwork(12);
    const task = await accepted(LIE, { challengeWindow: WINDOW });
    await operatorOf(network, APPELLANT).appeal({ request: task.request });
    await decide(task, 0, TRUTH);
    await end(task);
    overturned = task.taskId;
  }, 120_000);
  afterAll(() => network?.stop());

  type Task = Awaited<ReturnType<typeof acceptedTask>>;

  const accepted = (result: Hex, changes: Partial<Request>) =>
    acceptedTask(network, result, changes);

  async function decide({ request, taskId }: Task, index: number, decision: Hex): Promise<void> {
    await network.pass(1);
    await network.pass(1);
    await voteFor(network, panelIdOf(taskId, index, 1), request, JUDGES, decision, (judge) =>
      operatorOf(network, judge).claimPanel({ request, index }),
    );
    await network.requester.decide({ request, index, roster: JUDGES, decision });
  }

  async function end({ request }: Task): Promise<void> {
    await network.pass(WINDOW + 1);
    await network.requester.finalize({ request, roster: VOTERS });
  }

  /** What is red apart from content, which these tasks have none of. */
  async function red(taskId: Hex, lie: Lie = truth): Promise<string[]> {
    const { checks } = await audit(taskId, lie);
    const failed = checks.filter(
      ({ status, subject }) => status !== "passed" && subject !== "content",
    );
    return [...new Set(failed.map(({ name }) => name))];
  }

  function audit(taskId: Hex, lie: Lie = truth): Promise<AuditReport> {
    const { rpcUrl, addresses, startBlock } = network.devnet;
    const absent = async () => {
      throw new RangeError("not here");
    };
    return auditTask(
      {
        ...{ client: lyingClient(rpcUrl, lie), market: addresses.market },
        ...{ startBlock: BigInt(startBlock), content: { getDocument: absent, readFile: absent } },
      },
      taskId,
    );
  }

  it("finds an overturned result in order: panel, bond, bounty, slashes", async () => {
    expect(await red(overturned)).toEqual([]);
    const { checks, status } = await audit(overturned);
    expect(status).toBe("settled");
    const names = new Set(checks.map(({ name }) => name));
    for (const name of ["panel-majority", "bond-awarded", "judge-paid", "final-overturned"]) {
      expect(names).toContain(name);
    }
  });

  it("finds a result in order to which nobody objected, and one that waits", async () => {
    const task = await accepted(TRUTH, { challengeWindow: WINDOW });
    expect(await red(task.taskId)).toEqual([]);
    await end(task);
    expect(await red(task.taskId)).toEqual([]);
  });

  it("finds an appeal in order that was wrong", async () => {
    const task = await accepted(TRUTH, { challengeWindow: WINDOW });
    await operatorOf(network, APPELLANT).appeal({ request: task.request });
    await decide(task, 0, TRUTH);
    await end(task);
    expect(await red(task.taskId)).toEqual([]);
  });

  it("finds outputs in order that nobody delivered", async () => {
    const task = await accepted(TRUTH, { deliveryWindow: WINDOW });
    await network.requester.undelivered({ request: task.request });
    await decide(task, 9, UNAVAILABLE);
    await end(task);
    expect(await red(task.taskId)).toEqual([]);
    expect((await audit(task.taskId)).status).toBe("ended");
  });

  it("finds a panel in order that nobody came to", async () => {
    const task = await accepted(TRUTH, { challengeWindow: WINDOW });
    await operatorOf(network, APPELLANT).appeal({ request: task.request });
    await network.pass(task.request.claimWindow + 1);
    await network.requester.escalatePanel({ request: task.request, index: 0, roster: [] });
    await end(task);
    expect(await red(task.taskId)).toEqual([]);
  });

  it.each([
    ["DisputeOpened", "bond", word(3, 1n), ["dispute-bond"]],
    ["DisputeOpened", "item", word(1, 5n), ["dispute-item"]],
    ["PanelOpened", "size", word(1, 9n), ["panel-size"]],
    ["PanelDecided", "decision", word(0, 5n), ["panel-heads", "panel-majority", "judge-outcome"]],
    ["PanelDecided", "heads", word(1, 2n), ["panel-heads"]],
    ["PanelDecided", "commitments", word(2, 4n), ["panel-committed"]],
    ["BondResolved", "returned part", word(0, 1n), ["bond-returned"]],
    ["BondResolved", "award", word(1, 1n), ["bond-awarded"]],
    ["TaskFinalized", "refund", word(1, 1n), ["refund"]],
    ["TaskFinalized", "word on what stood", word(0, 0n), ["final-overturned"]],
    ["TaskAccepted", "weight", word(2, 1n), ["vote-weight"]],
    // The first seats that end are those of the panel.
    ["SeatEnded", "judge's price", word(1, 1n), ["judge-paid"]],
    ["SeatEnded", "judge's slash", word(2, 1n), ["judge-slashed"]],
    ["SeatEnded", "judge's trust", word(3, 99n), ["judge-trust-index"]],
  ] as const)("is red when %s has another %s", async (event, _what, change, expected) => {
    const found = await red(overturned, changeEvent(event, change));
    expect(found).toEqual(expect.arrayContaining([...expected]));
  });
});
