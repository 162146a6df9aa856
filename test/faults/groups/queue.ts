import { setTimeout as sleep } from "node:timers/promises";
import { createWalletClient, type Hex, http, parseEther, parseTransaction, toHex } from "viem";

import { type Fault, PAID, type Trial } from "../fault.ts";
import { Laboratory } from "../support/laboratory.ts";
import { RpcProxy, type RpcRule } from "../support/rpc-proxy.ts";

const SENDING = ["eth_sendRawTransaction"];
const GWEI = 1_000_000_000n;

function fault(
  name: string,
  does: string,
  expects: string,
  attempt: (lab: Laboratory) => Promise<Trial>,
): Fault {
  return {
    ...{ name: `queue-${name}`, group: "queue", does, expects },
    attempt: async (places) => {
      const lab = await places.use("laboratory", () => Laboratory.open());
      try {
        return await attempt(lab);
      } finally {
        await lab.stop();
        // Whoever comes next has money.
        await lab.anvil("anvil_setBalance", lab.operator.address, toHex(parseEther("1000")));
      }
    },
  };
}

/** From the claim on, transactions go through a proxy with this rule. */
async function throughProxy(lab: Laboratory, rule: RpcRule): Promise<Trial & { codes: string[] }> {
  const proxy = await RpcProxy.start(lab.network.devnet.rpcUrl, 1);
  try {
    const daemon = await lab.start(lab.chainAt([proxy.url]));
    const over = performance.now();
    await proxy.inject(rule);
    const task = await lab.post();
    const trial = await lab.trial(daemon, task, over);
    return { ...trial, codes: [...daemon.codes] };
  } finally {
    await lab.stop();
    await proxy.close();
  }
}

async function foreign(lab: Laboratory): Promise<Trial> {
  const { network, operator } = lab;
  const wallet = createWalletClient({ transport: http(network.devnet.rpcUrl) });
  const { codes, ...trial } = await throughProxy(lab, {
    ...{ fault: "late", methods: SENDING, times: 1 },
    async first([raw]) {
      const { nonce = 0 } = parseTransaction(raw as Hex);
      const fees = { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: 50n * GWEI };
      await wallet.sendTransaction({
        ...{ account: operator, chain: null, to: operator.address, nonce, gas: 21_000n, ...fees },
      });
    },
  });
  return codes.includes("nonce-displaced") ? trial : { ...trial, outcome: "not-felt" };
}

async function poorMeanwhile(lab: Laboratory): Promise<Trial> {
  const daemon = await lab.start();
  const task = await lab.post();
  await lab.event(task, "SeatTaken");
  await lab.anvil("anvil_setBalance", lab.operator.address, "0x1");
  await sleep(3_000);
  await lab.anvil("anvil_setBalance", lab.operator.address, toHex(parseEther("1000")));
  return await lab.trial(daemon, task, performance.now());
}

async function poor(lab: Laboratory): Promise<Trial> {
  const daemon = await lab.start();
  await lab.anvil("anvil_setBalance", lab.operator.address, toHex(10n ** 14n));
  const since = performance.now();
  await lab.network.until(async () => daemon.codes.includes("balance-low"));
  return await lab.refusal(daemon, await lab.post(), since);
}

async function limited(lab: Laboratory): Promise<Trial> {
  const daemon = await lab.start({ transactions: { maxPerDay: "1" } });
  const since = performance.now();
  return await lab.refusal(daemon, await lab.post(), since);
}

async function expensive(lab: Laboratory): Promise<Trial> {
  const daemon = await lab.start({ transactions: { maxFeePerGas: String(100n * GWEI) } });
  const task = await lab.post();
  await lab.event(task, "SeatTaken");
  await lab.anvil("anvil_setNextBlockBaseFeePerGas", toHex(400n * GWEI));
  return await lab.trial(daemon, task, performance.now());
}

export const QUEUE_FAULTS: readonly Fault[] = [
  fault("forgotten", "the node takes each transaction twice and forgets it", PAID, async (lab) => {
    const { codes, ...trial } = await throughProxy(lab, {
      ...{ fault: "swallow", methods: SENDING, times: 2 },
    });
    return codes.length > 0 ? trial : { ...trial, outcome: "not-felt" };
  }),
  fault("foreign-nonce", "another program uses the claim's nonce", PAID, foreign),
  fault("fees-above-cap", "the base fee jumps to four times the cap", PAID, expensive),
  fault("poor-meanwhile", "the key has no gas money for 3 s after the claim", PAID, poorMeanwhile),
  fault("poor", "the gas money would not end one seat", "balance-low", poor),
  fault("daily-limit", "the day's gas money is spent", "spending-limit", limited),
];
