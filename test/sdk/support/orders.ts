import { type AuditReport, auditTask, type ProofReader } from "@deco-network/audit";
import { documentDigest, orderRequest, type Request, taskIdOf } from "@deco-network/sdk";
import { createPublicClient, type Hex, http, parseEther } from "viem";
import { expect } from "vitest";

import { type ProvenWork, prepareProven, showProof } from "../../support/proven-work.ts";
import { digestOf, type MarketNetwork, startMarketNetwork } from "./market-network.ts";

export const PRICE = parseEther("1.234567");
export const OWNER = "0x00000000000000000000000000000000000a0701";

/** A network of two providers with a proven circuit, whose requester has money in the market. */
export interface OrderNetwork extends MarketNetwork {
  readonly work: ProvenWork;
}

export async function startOrderNetwork(): Promise<OrderNetwork> {
  const network = await startMarketNetwork(2);
  const work = await prepareProven(network.devnet);
  const { token } = network.devnet.addresses;
  await network.requester.deposit({ token, amount: parseEther("100") });
  return { ...network, work };
}

/** An order of the circuit's work. */
export async function orderFor(
  network: OrderNetwork,
  nonce: bigint,
  changes: Partial<Parameters<typeof orderRequest>[0]> = {},
): Promise<Request> {
  const { work, requester, devnet } = network;
  return orderRequest({
    ...{ requester: requester.address, nonce, expiry: (await network.now()) + 3_600 },
    ...{ program: digestOf("a circuit's program"), input: documentDigest(work.document) },
    ...{ volume: 1, token: devnet.deployment.token, price: PRICE },
    ...{ policy: work.policy, policyData: work.circuit.id, programOwner: OWNER, programBps: 500 },
    ...changes,
  });
}

/** A genuine proof of the order's result, for a provider. */
export function proofOf(network: OrderNetwork, request: Request, provider: number) {
  const domain = network.devnet.deployment;
  return showProof(domain, network.work, taskIdOf(domain, request), provider);
}

/** All that fills an order at once. */
export async function fillingOf(network: OrderNetwork, request: Request, provider = 1) {
  const signature = await network.requester.signRequest({ request });
  return { request, signature, ...(await proofOf(network, request, provider)) };
}

/** The requester's balance in the market. */
export function balanceOf({ reader, devnet, requester }: OrderNetwork): Promise<bigint> {
  const { token } = devnet.addresses;
  return reader.getMarketBalance({ token, account: requester.address });
}

/** Audits an order; its content is nowhere, and no matter. */
export async function auditOrder(
  { devnet }: OrderNetwork,
  taskId: Hex,
  proofs?: ProofReader,
): Promise<Pick<AuditReport, "status" | "checks">> {
  const { market, startBlock, rpcUrl } = { ...devnet.deployment, rpcUrl: devnet.rpcUrl };
  const client = createPublicClient({ transport: http(rpcUrl) });
  const missing = async () => expect.unreachable("no content is asked for");
  const content = { getDocument: missing, readFile: missing };
  const report = await auditTask(
    { ...{ client, market, content }, startBlock: BigInt(startBlock), ...(proofs && { proofs }) },
    taskId,
  );
  return { ...report, checks: report.checks.filter(({ subject }) => subject !== "content") };
}
