import { setTimeout as sleep } from "node:timers/promises";

import { type Fault, PAID, type Trial } from "../fault.ts";
import { FaultyGateway, type GatewayMood } from "../support/faulty-gateway.ts";
import { Laboratory } from "../support/laboratory.ts";

interface ContentTrouble {
  readonly name: string;
  readonly does: string;
  readonly sample?: true;
  /** How the gateways serve, of which alone the executor knows. */
  readonly moods: readonly GatewayMood[];
  /** How they serve after some seconds; absent: as before. */
  readonly later?: GatewayMood;
  /** Why the task is left alone; absent: it is not. */
  readonly refusal?: string;
}

const LATER_MILLIS = 4_000;

function fault({ name, does, sample, moods, later, refusal }: ContentTrouble): Fault {
  return {
    ...{ name: `content-${name}`, group: "content", does, expects: refusal ?? PAID },
    ...(sample && { sample }),
    async attempt() {
      // Its own place each time: what was fetched once is not asked for again.
      const lab = await Laboratory.open({ dials: false });
      const { storage } = lab.network;
      const gateways = await Promise.all(moods.map((mood) => FaultyGateway.start(storage, mood)));
      try {
        return await attempt(lab, gateways);
      } finally {
        await lab.close();
        await Promise.all(gateways.map((gateway) => gateway.close()));
      }
    },
  };

  async function attempt(lab: Laboratory, gateways: readonly FaultyGateway[]): Promise<Trial> {
    const urls = gateways.map(({ url }) => url);
    const daemon = await lab.start({ storage: { gateways: urls, timeoutMillis: 3_000 } });
    // A task that nobody can run is over when its claims are.
    const terms = refusal
      ? { claimWindow: 8, rampSeconds: 8 }
      : { claimWindow: 60, rampSeconds: 60 };
    const task = await lab.post(terms);
    await lab.network.until(async () => (gateways[0]?.asked ?? 0) > 0);
    const begun = performance.now();
    if (refusal) return await lab.refusal(daemon, task, begun);
    if (later) {
      await sleep(LATER_MILLIS);
      for (const gateway of gateways) gateway.mood = later;
      return await lab.trial(daemon, task, performance.now());
    }
    return await lab.trial(daemon, task, begun);
  }
}

const UNFILLED = "task-unfilled";

export const CONTENT_FAULTS: readonly Fault[] = [
  fault({
    ...{ name: "late", moods: ["empty"], later: "well" },
    does: "nobody has the program for 4 s",
  }),
  fault({
    ...{ name: "missing", moods: ["empty"], refusal: UNFILLED },
    does: "nobody has the program",
  }),
  fault({ name: "slow", moods: ["slow"], does: "each block takes 2 s" }),
  fault({
    ...{ name: "stalling", moods: ["stalling", "well"] },
    does: "one of two gateways stops in the middle of each block",
  }),
  fault({
    ...{ name: "corrupt", moods: ["corrupt", "well"], sample: true },
    does: "one of two gateways sends wrong bytes",
  }),
  fault({
    ...{ name: "corrupt-only", moods: ["corrupt"], refusal: UNFILLED },
    does: "the only gateway sends wrong bytes",
  }),
];
