import type { ExecutorParts } from "@deco-network/executor";
import { commitmentOf, decoMarketAbi } from "@deco-network/sdk";
import { createPublicClient, type Hex, http, padHex } from "viem";

import { type Handler, type HandlerContext, idle } from "./support/handlers.ts";
import { NOTHING_USED, replaceRuns } from "./support/replace-runs.ts";

const none = new Uint8Array();
/** Whoever copies saves the work. */
const idleEngines = replaceRuns(async () => ({
  ...{ kind: "completed", exitCode: 0, stdout: none, stderr: none, outputBytes: 0 },
  measurements: NOTHING_USED,
}));

/**
 * Waits for somebody else's commitment and makes it its own; then waits for their reveal and
 * shows the same tag and salt.
 */
export const commitmentCopier: ExecutorParts = {
  engines: idleEngines,
  handlers: {
    ran: async (context) => {
      const { phase, now } = await context.overview();
      if (phase.name !== "executing") return idle(context);
      const value = await committedByAnother(context);
      if (value === undefined) return { kind: "wait", until: now };
      // The market keeps 24 bytes of a commitment: the rest does not matter.
      return commitTo(context, padHex(value, { dir: "right", size: 32 }), NO_TAG);
    },
    committed: async (context) => {
      const { phase, now } = await context.overview();
      if (phase.name !== "revealing") return idle(context);
      const [shown] = await revealsOf(context);
      if (shown === undefined || context.transaction("reveal") !== undefined) {
        return { kind: "wait", until: now };
      }
      const { calls, identity, key } = context;
      const reveal = calls.reveal(key, identity.provider, shown.tag, shown.salt);
      return { kind: "record", transitions: [reveal] };
    },
  },
};

/** Takes a seat of a later round and commits to the tag that an earlier round has shown. */
export const tagCopier: ExecutorParts = {
  engines: idleEngines,
  handlers: {
    ran: async (context) => {
      const [shown] = await revealsOf(context);
      if (shown === undefined) return idle(context);
      const { identity, key } = context;
      const seat = { taskId: key.task, round: key.round, provider: identity.provider };
      const commitment = commitmentOf({ ...seat, tag: shown.tag, salt: context.salt() });
      return commitTo(context, commitment, shown.tag);
    },
  },
};

/** A copied commitment has a tag, but only its owner knows it. */
const NO_TAG = padHex("0x", { size: 32 });

function commitTo(
  { calls, key }: HandlerContext,
  commitment: Hex,
  tag: Hex,
): Awaited<ReturnType<Handler>> {
  const made = { kind: "commitment-made", key, commitment, tag } as const;
  return { kind: "move", to: "committing", also: [made, calls.commit(key, commitment)] };
}

/** The first 24 bytes of another seat's commitment. */
async function committedByAnother(context: HandlerContext): Promise<Hex | undefined> {
  const { assignment, identity, key, market } = context;
  for (const provider of await market.roster(key.task, assignment.postedBlock)) {
    if (provider === identity.provider) continue;
    const { status, value } = await market.seat(key.task, provider);
    if (status === "committed") return value;
  }
  return undefined;
}

async function revealsOf({ assignment, config, key }: HandlerContext) {
  const client = createPublicClient({ transport: http(config.chain.endpoints[0]) });
  const events = await client.getContractEvents({
    ...{ address: config.chain.market, abi: decoMarketAbi, eventName: "Revealed", strict: true },
    ...{ args: { taskId: key.task }, fromBlock: BigInt(assignment.postedBlock) },
  });
  return events.map(({ args }) => args);
}
