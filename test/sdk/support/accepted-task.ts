import { isLive, type Request } from "@deco-network/sdk";
import { type Hex, parseEther, zeroHash } from "viem";

import { ballot, type MarketNetwork, type Party, requestFor } from "./market-network.ts";

export function operatorOf(network: MarketNetwork, provider: number): Party {
  const party = network.operators[provider - 1];
  if (party === undefined) throw new RangeError(`no operator ${provider}`);
  return party;
}

/** Seats these providers late enough for everyone to be drawn, and lets them vote under the id. */
export async function voteFor(
  network: MarketNetwork,
  id: Hex,
  request: Request,
  providers: readonly number[],
  result: Hex,
  claim: (provider: number) => Promise<unknown>,
): Promise<void> {
  const round = await network.reader.getTask({ taskId: id });
  if (!isLive(round)) throw new RangeError(`it is ${round.status}`);
  await network.passTo(round.openedAt + request.claimWindow - providers.length - 2);
  for (const provider of providers) await claim(provider);
  const ballots = providers.map((provider) =>
    ballot(network, { taskId: id, round: 1, provider, result }),
  );
  for (const [i, { commitment }] of ballots.entries()) {
    await operatorOf(network, providers[i] ?? 0).commit({ taskId: id, commitment });
  }
  await network.requester.reveal({ reveals: ballots.map(({ reveal }) => reveal) });
}

/** A task on which the first three vote for one result, accepted and not final. */
export async function acceptedTask(network: MarketNetwork, result: Hex, changes: Partial<Request>) {
  await network.pass(5);
  const request = await requestFor(network, {
    ...{ maxReplicas: 3, panelPrice: parseEther("5") },
    ...changes,
  });
  const { taskId } = await network.requester.post({ request });
  await network.pass(1);
  await network.pass(1);
  await voteFor(network, taskId, request, [1, 2, 3], result, (p) =>
    operatorOf(network, p).claim({ request }),
  );
  const opening = { digest: result, root: zeroHash, document: "0x" } as const;
  const settled = await network.requester.settle({ request, roster: [1, 2, 3], opening });
  return { request, taskId, settled };
}
