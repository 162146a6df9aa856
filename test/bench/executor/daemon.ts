import { decoMarketAbi, endReasonOf, eventsNamed, parseMarketLogs } from "@deco-network/sdk";
import { createWalletClient, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import { startNetwork, type TestNetwork } from "../../../packages/executor/test/support/network.ts";
import { spawnDaemon } from "../../../packages/executor/test/support/spawn-executor.ts";
import type { Figure } from "../figures.ts";
import { residentMegabytes } from "./idle.ts";

/** More by DECO_BENCH_TASKS. */
const TASKS = Number(process.env["DECO_BENCH_TASKS"] ?? 600);
/** Posted and not yet settled; more by DECO_BENCH_UNDER_WAY, since each waits for its turn to claim. */
const BACKLOG = Number(process.env["DECO_BENCH_UNDER_WAY"] ?? 24);
/** Everybody is drawn in a sixth of it; a busy machine needs the rest. */
const CLAIM_WINDOW = 30;
/** Share of the tasks after which caches and pools have their size, which takes some 300 tasks. */
const WARM = 0.5;
/** Times that progress is told of. */
const TOLD = 10;
/** What the collector and the kernel may leave. */
const NOISE_MEGABYTES = 15;

/** One daemon process that takes every task of a local chain by itself: tasks a second, and how it grows. */
export async function daemon(): Promise<Figure[] | { unavailable: string }> {
  if (process.platform !== "linux") return { unavailable: "resident memory is read from /proc" };
  const network = await startNetwork(1);
  try {
    const [provider] = network.providers;
    if (provider === undefined) throw new RangeError("no provider");
    const capacity = { tasks: BACKLOG, slots: 2 };
    const config = { ...provider.config, capacity, retentionDays: 0 };
    const process_ = await spawnDaemon(network, { ...provider, config });
    try {
      await network.dial(process_.endpoint);
      const started = performance.now();
      let warm = 0;
      let last = started;
      const settled = await postAll(network, async (count) => {
        last = performance.now();
        if (warm === 0 && count >= TASKS * WARM) warm = await residentMegabytes(process_.pid);
      });
      const seconds = (last - started) / 1_000;
      const end = await residentMegabytes(process_.pid);
      const all = `${TASKS} tasks`;
      const late = `${settled} of ${all}: the others' claims came too late`;
      const memory = `${warm.toFixed(0)} MB after ${TASKS * WARM} tasks, ${end.toFixed(0)} MB after ${TASKS}`;
      return [
        {
          name: "daemon with a local chain",
          value: settled / seconds,
          unit: "tasks/s",
          of: settled === TASKS ? all : late,
        },
        {
          ...{ name: "growth", value: Math.max(0, end - warm), unit: "MB", of: memory },
          goal: { most: NOISE_MEGABYTES },
        },
      ];
    } finally {
      await process_.stop();
    }
  } finally {
    await network.close();
  }
}

/**
 * Posts tasks, never more than the backlog ahead of what is settled, until all are settled or those left were not claimed in time, which
 * costs a daemon that is too busy no stake.
 * @returns how many are settled
 */
async function postAll(
  network: TestNetwork,
  onProgress: (settled: number) => Promise<void>,
): Promise<number> {
  const { devnet, client } = network;
  const account = privateKeyToAccount(devnet.accounts[0]?.privateKey ?? "0x");
  const wallet = createWalletClient({ account, chain: foundry, transport: http(devnet.rpcUrl) });
  const request = await network.request({
    terms: { lock: parseEther("20"), claimWindow: CLAIM_WINDOW, rampSeconds: CLAIM_WINDOW },
  });
  let nonce = await client.getTransactionCount({ address: account.address });
  let fromBlock = await client.getBlockNumber();
  let posted = 0;
  let settled = 0;
  let told = 0;
  let lastAt = performance.now();
  while (settled < TASKS) {
    for (; posted < TASKS && posted - settled < BACKLOG; posted++) {
      await wallet.writeContract({
        ...{ address: devnet.addresses.market, abi: decoMarketAbi, functionName: "post" },
        args: [{ ...request, nonce: BigInt(1_000 + posted) }],
        ...{ nonce: nonce++, gas: 400_000n },
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
    const toBlock = await client.getBlockNumber();
    if (toBlock < fromBlock) continue;
    const address = devnet.addresses.market;
    const events = parseMarketLogs(address, await client.getLogs({ address, fromBlock, toBlock }));
    fromBlock = toBlock + 1n;
    const now = eventsNamed(events, "TaskSettled").length;
    settled += now;
    const lost = eventsNamed(events, "TaskEnded");
    if (lost.length > 0) {
      const why = [...new Set(lost.map(({ args }) => endReasonOf(args.reason)))].join(", ");
      const [first] = lost;
      throw new RangeError(
        `${lost.length} tasks ended without a result after ${settled} that settled: ${why}; ${first?.args.taskId} for one`,
      );
    }
    if (now > 0) {
      await onProgress(settled);
      lastAt = performance.now();
    } else if (performance.now() - lastAt > 3_000 * CLAIM_WINDOW) return settled;
    if (settled - told < TASKS / TOLD) continue;
    told = settled;
    process.stderr.write(`  ${settled} of ${TASKS} tasks settled\n`);
  }
  return settled;
}
