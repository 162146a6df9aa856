import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { bondOf, panelIdOf, type Request, seatOutcomeOf } from "@deco-network/sdk";
import { getMarketBalance, getParameters, getTask } from "@deco-network/sdk/actions";
import { type Hash, parseEther } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { deco, type Running, startDeco } from "../../packages/cli/test/support/run-deco.ts";
import {
  startNetwork,
  type TaskEvent,
  type TestNetwork,
} from "../../packages/executor/test/support/network.ts";
import {
  type ExecutorProcess,
  spawnDaemon,
} from "../../packages/executor/test/support/spawn-executor.ts";

const LIAR = fileURLToPath(new URL("../adversaries/liar.ts", import.meta.url));
/** Local panels have 3 and 5 seats, and a request with panels wants as many identities beside its own three. */
const PROVIDERS = 12;
const LIARS = [1, 2, 3];
const HONEST = [4, 5, 6, 7];
const AUDITOR = 12;
const CHALLENGE = 900;
const LOCK = parseEther("100");
/** Most tickets are drawn after two thirds of a claim window: twelve equal stakes share three seats. */
const CLAIM_WINDOW = 60;
const DRAWN = 45;

const TERMS: Partial<Request> = {
  ...{ replicas: 3, maxReplicas: 3, minAgreeing: 2, lock: LOCK },
  ...{ claimWindow: CLAIM_WINDOW, rampSeconds: CLAIM_WINDOW, commitWindow: 300, revealWindow: 300 },
  ...{ challengeWindow: CHALLENGE, panelPrice: parseEther("5") },
};

/** Every party is a process of its own; the test only moves the chain's clock. */
describe("three colluders win a vote, and an honest auditor appeals", { timeout: 240_000 }, () => {
  let network: TestNetwork;
  let home: string;
  const processes: ExecutorProcess[] = [];
  const auditors: Running[] = [];

  beforeAll(async () => {
    network = await startNetwork(PROVIDERS);
    home = join(network.folder, "home");
    const { deployment, rpcUrl, accounts } = network.devnet;
    const file = join(network.folder, "deployment.json");
    await writeFile(file, JSON.stringify({ ...deployment, rpcUrl }));
    await writeFile(join(network.folder, "auditor-key"), accounts[AUDITOR]?.privateKey ?? "", {
      mode: 0o600,
    });
  });
  afterEach(async () => {
    for (const { child, finished } of auditors.splice(0)) {
      child.kill("SIGKILL");
      await finished.catch(() => undefined);
    }
    await Promise.all(processes.splice(0).map((each) => each.kill()));
  });
  afterAll(() => network?.close());

  const common = () => [
    ...["--deployment", join(network.folder, "deployment.json")],
    ...["--account", join(network.folder, "auditor-key")],
  ];

  async function start(providers: readonly number[], script?: string): Promise<void> {
    await Promise.all(
      providers.map(async (id) => {
        const provider = network.providers[id - 1];
        if (provider === undefined) throw new RangeError(`no provider ${id}`);
        const daemon = await spawnDaemon(network, provider, { script });
        processes.push(daemon);
        await network.dial(daemon.endpoint);
      }),
    );
  }

  function watch(...more: readonly string[]): Running {
    const args = ["audit", "--watch", "--share", "1", "--budget", "100", ...more];
    const auditor = startDeco(home, [...args, ...common()]);
    auditors.push(auditor);
    return auditor;
  }

  async function pass(seconds: number): Promise<void> {
    const request = network.client.request as (call: {
      method: string;
      params: unknown[];
    }) => Promise<unknown>;
    await request({ method: "evm_increaseTime", params: [seconds] });
    await request({ method: "evm_mine", params: [] });
  }

  async function seen<Name extends TaskEvent["eventName"]>(task: Hash, name: Name, count = 1) {
    return await network.until(async () => {
      const events = (await network.events(task)).filter(
        (event): event is Extract<TaskEvent, { eventName: Name }> => event.eventName === name,
      );
      return events.length >= count && events;
    }, 90);
  }

  /** Posts a task on which the liars, alone in the market, agree. */
  async function lieAccepted(items?: number): Promise<Hash> {
    await start(LIARS, LIAR);
    const task = await network.post({ terms: TERMS, ...(items !== undefined && { items }) });
    await pass(DRAWN);
    await seen(task, "TaskAccepted");
    return task;
  }

  it("has the lie overturned, the liars slashed, and the true result delivered", async () => {
    const task = await lieAccepted();
    await start(HONEST);
    const dry = await deco(home, ...["audit", "--task", task, "--json", "--dry-run"], ...common());
    expect(dry.code).toBe(1);
    expect(dry.json).toMatchObject({ status: "wrong", appealed: false, index: 0 });
    const poor = await deco(home, ...["audit", "--task", task, "--budget", "40"], ...common());
    expect(poor.stderr).toContain("a bond of 40.02 DECO");
    expect(poor.stderr).toContain("the bond would exceed the budget");
    expect(await network.events(task)).not.toContainEqual(
      expect.objectContaining({ eventName: "DisputeOpened" }),
    );

    const first = watch();
    await first.saying("appealed as dispute 0");
    first.child.kill("SIGKILL");
    await pass(DRAWN);
    const { deployment, accounts } = network.devnet;
    const panel = panelIdOf(task, 0, 1);
    await seen(panel, "SeatTaken", 3);
    const judges = (await seen(panel, "SeatTaken")).map(({ args }) => args.provider);
    expect(judges.every((judge) => HONEST.includes(judge))).toBe(true);
    await seen(task, "PanelDecided");

    const second = watch("--json");
    expect(JSON.parse(await second.saying("panel-decided"))).toMatchObject({
      ...{ status: "panel-decided", taskId: task, dispute: 0, level: 1, overturned: true },
    });
    await pass(CHALLENGE + 1);
    const [final] = await seen(task, "TaskFinalized");
    expect(final?.args.overturned).toBe(true);
    const [posted] = await seen(task, "TaskPosted");
    if (posted === undefined) throw new RangeError("the task was not posted");
    const { task: terms } = await getParameters(network.client, { deployment });
    const bond = bondOf(posted.args.request, terms);
    const resolved = JSON.parse(await second.saying("appeal-resolved"));
    expect(resolved).toMatchObject({ taskId: task, verdict: "right", bond: String(bond) });
    // What panels cost comes back, in part as DECO, and a bounty as large as the bond.
    expect(BigInt(resolved.returned) + BigInt(resolved.awarded)).toBe(2n * bond);
    expect(await network.events(task).then((all) => countOf(all, "DisputeOpened"))).toBe(1);

    const ends = (await seen(task, "SeatEnded", 3)).map(({ args }) => args);
    for (const { provider, outcome, paid, slashed } of ends) {
      expect(LIARS).toContain(provider);
      expect({ outcome: seatOutcomeOf(outcome), paid, slashed }).toEqual({
        ...{ outcome: "dissented", paid: 0n, slashed: LOCK },
      });
    }
    const found = await getTask(network.client, { deployment, taskId: task });
    expect(found).toMatchObject({ status: "settled", agreeing: 3 });

    const output = join(network.folder, "result");
    const got = await deco(
      home,
      ...["task", "result", task, "--output", output, "--json"],
      ...common().slice(0, 2),
    );
    expect(got.json).toMatchObject({ status: "settled", overturned: true });
    expect(await readFile(join(output, "stdout"), "utf8")).toContain("GREETING=hello");
    expect(await readdir(output)).not.toContain("out");

    const account = accounts[AUDITOR]?.address ?? "0x";
    const { token } = deployment;
    const held = await getMarketBalance(network.client, { deployment, token, account });
    // Bond and bounty; whoever finalized got a fee, which may have been the auditor.
    expect(held).toBeGreaterThanOrEqual(2n * bond);
  });

  it("voids a bag of which one sampled item is wrong", async () => {
    const task = await lieAccepted(4);
    await start(HONEST);
    const auditor = watch("--items", "2");
    await auditor.saying("appealed as dispute 0");
    const [opened] = await seen(task, "DisputeOpened");
    await pass(DRAWN);
    await seen(task, "PanelDecided");
    await pass(CHALLENGE + 1);
    const [ended] = await seen(task, "TaskEnded");
    expect(ended?.args.reason).toBe(5);
    const panel = panelIdOf(task, 0, 1);
    expect(await seen(panel, "Revealed", 3)).toHaveLength(3);
    expect(opened?.args.leaf).toBeLessThan(4);
    await auditor.saying("the appeal was right");
  });
});

function countOf(events: readonly TaskEvent[], name: TaskEvent["eventName"]): number {
  return events.filter(({ eventName }) => eventName === name).length;
}
