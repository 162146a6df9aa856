import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AssignmentState } from "../../src/index.ts";

import { Journal } from "../../src/journal/journal.ts";
import { startNetwork, type TestNetwork } from "../support/network.ts";
import { type ExecutorProcess, spawnExecutor } from "../support/spawn-executor.ts";

/** `SeatOutcome.Agreed` and `SeatOutcome.Abstained` in the contracts. */
const AGREED = 1;
const ABSTAINED = 5;

const WORKING: AssignmentState[] = [
  "discovered",
  "validating",
  "eligible",
  "claiming",
  "seated",
  "running",
  "ran",
  "committing",
  "committed",
  "revealing",
  "revealed",
  "settling",
  "settled",
  "published",
];

describe("an executor killed in any state", () => {
  let network: TestNetwork;
  let running: ExecutorProcess | undefined;

  beforeAll(async () => {
    network = await startNetwork(1);
  }, 60_000);
  afterAll(async () => {
    await running?.kill();
    await network.close();
  });

  async function start(...args: string[]) {
    const [provider] = network.providers;
    if (!provider) throw new RangeError("no provider");
    const timing = { ...provider.config.timing, drain: 20 };
    const patient = { ...provider, config: { ...provider.config, timing } };
    running = await spawnExecutor(network, patient, ...args);
    await network.dial(running.endpoint);
    return running;
  }

  async function outcomeOf(task: `0x${string}`) {
    await network.until(async () =>
      (await network.events(task)).some(({ eventName }) => /TaskSettled|TaskEnded/.test(eventName)),
    );
    const events = await network.events(task);
    return {
      claims: events.filter(({ eventName }) => eventName === "SeatTaken").length,
      commitments: events.filter(({ eventName }) => eventName === "Committed").length,
      digest: events.flatMap(({ args }) => ("digest" in args ? [args.digest] : [])),
      outcome: events.flatMap(({ args }) => ("outcome" in args ? [args.outcome] : [])),
    };
  }

  it.each(WORKING)(
    "%s: continues after the restart and is paid and publishes",
    async (state) => {
      const killed = await start(state);
      const task = await network.post();
      expect(await killed.ended).toBe("SIGKILL");
      const next = await start("never");
      expect(next.endpoint).toBe(killed.endpoint);
      const { digest, ...rest } = await outcomeOf(task);
      expect(rest).toEqual({ claims: 1, commitments: 1, outcome: [AGREED] });
      expect(digest).toHaveLength(1);
      for (const one of digest) {
        await expect(network.storage.getDocument(one)).resolves.toBeInstanceOf(Uint8Array);
      }
      expect(await next.stop()).toBe("0");
    },
    60_000,
  );

  it.each(["abstaining", "abstained"])(
    "%s: abstains once and ends the task",
    async (state) => {
      const killed = await start(state, "abstain");
      const task = await network.post();
      expect(await killed.ended).toBe("SIGKILL");
      const next = await start("never");
      const outcome = { claims: 1, commitments: 0, digest: [], outcome: [ABSTAINED] };
      expect(await outcomeOf(task)).toEqual(outcome);
      expect(await next.stop()).toBe("0");
    },
    60_000,
  );

  /** What a stopped executor has journaled about a task. */
  function journaled(task: `0x${string}`) {
    const { chainId, addresses, accounts } = network.devnet;
    const journal = new Journal(join(network.folder, "provider-1", "journal.sqlite"), {
      ...{ chainId, market: addresses.market, operator: accounts[1]?.address ?? "" },
    });
    const [assignment] = journal.assignmentsOf(task);
    journal.close();
    return assignment;
  }

  it.each([
    ["lost", { minTrust: 50 }, "trust-too-low"],
    ["expired", { replicas: 2, maxReplicas: 2, claimWindow: 4, rampSeconds: 4 }, "unfilled"],
  ])(
    "%s: nothing is left after the restart",
    async (state, terms, reason) => {
      const killed = await start(state);
      const task = await network.post({ terms });
      expect(await killed.ended).toBe("SIGKILL");
      // A stop may come before the next step; what is left continues at the next start.
      for (let starts = 0; starts < 30 && journaled(task)?.state !== "released"; starts++) {
        const next = await start("never");
        expect(await next.stop()).toBe("0");
      }
      expect(journaled(task)).toMatchObject({ state: "released", reason });
    },
    120_000,
  );

  it.each(["declining", "declined"])(
    "%s: the seat is given back once",
    async (state) => {
      const killed = await start(state);
      const task = await network.post({
        terms: { replicas: 2, maxReplicas: 2, claimWindow: 20, rampSeconds: 20 },
      });
      await network.until(async () =>
        (await network.events(task)).some(({ eventName }) => eventName === "SeatTaken"),
      );
      expect(await killed.stop()).toBe("SIGKILL");
      const next = await start("never");
      await network.until(async () =>
        (await network.events(task)).some(({ eventName }) => eventName === "SeatDeclined"),
      );
      expect(await next.stop()).toBe("0");
      const names = (await network.events(task)).map(({ eventName }) => eventName);
      expect(names.filter((name) => name === "SeatTaken")).toHaveLength(1);
      expect(journaled(task)?.state).toMatch(/declin/);
    },
    60_000,
  );
});
