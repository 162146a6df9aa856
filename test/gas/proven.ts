import {
  bodyHashOf,
  documentDigest,
  encodeMatch,
  type HoldTerms,
  orderOf,
  orderRequest,
  type Request,
  requestTypedData,
  seatTermsOf,
  taskIdOf,
  taskOfferTypedData,
} from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { encodeFunctionData, type Hex, keccak256, parseEther, parseEventLogs, toBytes } from "viem";

import { type ProvenWork, showProof } from "../support/proven-work.ts";
import { foldOf } from "./assigned.ts";
import { requestOf, type Steps } from "./lifecycle.ts";
import type { GasNetwork } from "./network.ts";

/** A task with a held seat: its allocator opens it and gives the seat in one transaction, the holder proves in another. */
export async function provenFolded(
  network: GasNetwork,
  proven: ProvenWork,
  nonce: bigint,
): Promise<Steps> {
  const { client, market, allocator, requester, gasOf } = network;
  const [holder] = network.operators;
  if (!holder) throw new RangeError("The network has no provider.");
  const { request, taskId, timestamp } = await asked(network, proven, nonce, {
    ...{ replicas: 1, maxReplicas: 1 },
    ...{ allocator: allocator.account.address, allocatorWindow: 60 },
  });
  const domain = { chainId: client.chain.id, market };
  const price = parseEther("1.234567");
  const offer = { taskId, provider: 1, price, epoch: 0, expiry: Number(timestamp) + 600 };
  const consent = await holder.account.signTypedData(taskOfferTypedData(domain, offer));
  const signature = await requester.account.signTypedData(requestTypedData(domain, request));
  const taskSeats = [{ offer, signature: consent }];
  const target = { address: market, abi: decoMarketAbi } as const;
  const opened = await allocator.writeContract({
    ...{ ...target, functionName: "openAndFold" },
    args: [encodeMatch({ request, signature, taskSeats })],
  });
  const open = { step: "open, seat assigned", gas: await gasOf(opened) };
  const fold = await foldOf(network, opened);
  const shown = await showProof(domain, proven, taskId);
  const settled = await holder.writeContract({
    ...{ ...target, functionName: "proveFolded" },
    args: [request, fold, shown.opening, shown.proof],
  });
  return [open, { step: "prove and settle", gas: await gasOf(settled) }];
}

/** Stake of the first provider for the orders of {@link provenHeld}. */
export async function openReserve({ market, operators, gasOf }: GasNetwork): Promise<bigint> {
  const [holder] = operators;
  if (!holder) throw new RangeError("The network has no provider.");
  const hash = await holder.writeContract({
    ...{ address: market, abi: decoMarketAbi, functionName: "openReserve" },
    args: [0, parseEther("100")],
  });
  return await gasOf(hash);
}

/** An order that a provider holds while it proves, by a reserve that it has opened before. */
export async function provenHeld(
  network: GasNetwork,
  proven: ProvenWork,
  nonce: bigint,
): Promise<Steps> {
  const { client, market, requester, gasOf } = network;
  const [holder] = network.operators;
  if (!holder) throw new RangeError("The network has no provider.");
  const domain = { chainId: client.chain.id, market };
  const { request, taskId } = await ordered(network, proven, nonce, {
    ...{ lock: parseEther("100"), commitWindow: 600, revealWindow: 600 },
  });
  const signature = await requester.account.signTypedData(requestTypedData(domain, request));
  const target = { address: market, abi: decoMarketAbi } as const;
  const held = await holder.writeContract({
    ...{ ...target, functionName: "holdOrder", args: [orderOf(request), signature, 0] },
  });
  const hold = { step: "hold the order", gas: await gasOf(held) };
  const { logs } = await client.getTransactionReceipt({ hash: held });
  const [event] = parseEventLogs({ abi: decoMarketAbi, logs, eventName: "OrderHeld" });
  if (!event) throw new Error("Nobody holds the order.");
  const shown = await showProof(domain, proven, taskId);
  const settled = await holder.writeContract({
    ...{ ...target, functionName: "proveHeld" },
    args: [orderOf(request), event.args.hold, shown.opening, shown.proof],
  });
  return [hold, { step: "prove it", gas: await gasOf(settled) }];
}

/** A task with a seat by open sortition, which a provider that was drawn takes when its proof is ready: one transaction claims and proves. */
export async function provenOnClaim(
  network: GasNetwork,
  proven: ProvenWork,
  nonce: bigint,
): Promise<Steps> {
  const { market, requester, gasOf, pass } = network;
  const [prover] = network.operators;
  if (!prover) throw new RangeError("The network has no provider.");
  const { request, taskId } = await asked(network, proven, nonce, {
    ...{ replicas: 1, maxReplicas: 1 },
  });
  const target = { address: market, abi: decoMarketAbi } as const;
  const posted = await requester.writeContract({
    ...{ ...target, functionName: "post", args: [request] },
  });
  const post = { step: "post", gas: await gasOf(posted) };
  const domain = { chainId: network.client.chain.id, market };
  const { opening, proof } = await showProof(domain, proven, taskId);
  // k = 4.5: with equal stakes every ticket is drawn.
  await pass((3 * request.claimWindow) / 4);
  const { abi } = target;
  const claim = [seatTermsOf(request), bodyHashOf(request), 1] as const;
  const calls = [
    encodeFunctionData({ abi, functionName: "claim", args: claim }),
    encodeFunctionData({ abi, functionName: "prove", args: [request, [1], opening, proof] }),
  ];
  const hash = await prover.writeContract({ ...target, functionName: "multicall", args: [calls] });
  return [post, { step: "claim, prove, settle", gas: await gasOf(hash) }];
}

/**
 * Orders: whoever proves fills the signed request by one call.
 * @param nonce of the first; the others follow
 */
export async function provenOneShot(
  network: GasNetwork,
  proven: ProvenWork,
  nonce: bigint,
  count = 1,
): Promise<Steps> {
  const { market, requester, gasOf } = network;
  const [prover] = network.operators;
  if (!prover) throw new RangeError("The network has no provider.");
  const domain = { chainId: network.client.chain.id, market };
  const calls: Hex[] = [];
  for (let index = 0; index < count; index++) {
    const { request, taskId } = await ordered(network, proven, nonce + BigInt(index));
    const signature = await requester.account.signTypedData(requestTypedData(domain, request));
    const { opening, proof } = await showProof(domain, proven, taskId);
    calls.push(
      encodeFunctionData({
        ...{ abi: decoMarketAbi, functionName: "proveOrder" },
        args: [orderOf(request), signature, opening, proof],
      }),
    );
  }
  const [only, ...more] = calls;
  if (only === undefined) throw new RangeError("Nothing is asked for.");
  const batch = () =>
    encodeFunctionData({ abi: decoMarketAbi, functionName: "multicall", args: [calls] });
  const data = more.length === 0 ? only : batch();
  const hash = await prover.sendTransaction({ to: market, data });
  return [{ step: "prove the order", gas: await gasOf(hash) }];
}

async function ordered(
  { client, market, requester, token }: GasNetwork,
  { policy, circuit, document }: ProvenWork,
  nonce: bigint,
  hold: Partial<HoldTerms> = {},
) {
  const { timestamp } = await client.getBlock();
  const request = orderRequest({
    ...{ requester: requester.account.address, nonce, expiry: Number(timestamp) + 3_600 },
    ...{ program: keccak256(toBytes("a program")), input: documentDigest(document), volume: 1 },
    ...{ token, price: parseEther("1.234567"), policy, policyData: circuit.id },
    ...hold,
  });
  return { request, taskId: taskIdOf({ chainId: client.chain.id, market }, request) };
}

async function asked(
  network: GasNetwork,
  { policy, circuit, document }: ProvenWork,
  nonce: bigint,
  seats: Partial<Request>,
) {
  const { client, market, pass } = network;
  await pass(10);
  const { timestamp } = await client.getBlock();
  const request = {
    ...requestOf(network, 1, nonce, Number(timestamp) + 3_600),
    ...{ minAgreeing: 1, policy, policyData: circuit.id, input: documentDigest(document) },
    ...seats,
  };
  const taskId = taskIdOf({ chainId: client.chain.id, market }, request);
  return { request, taskId, timestamp };
}
