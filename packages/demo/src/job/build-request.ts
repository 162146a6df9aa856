import type { PublishedJob } from "@deco-network/requester";
import type { DecoDeployment, Request } from "@deco-network/sdk";
import { type Address, parseEther, zeroAddress, zeroHash } from "viem";

import type { Cast } from "../cast.ts";

/** Seats fill while k is near 1, a sixth into the window: one second more for each seat. */
const CLAIM_SECONDS = 18;
const CLAIM_SECONDS_PER_SEAT = 2;
const COMMIT_SECONDS = 180;
const REVEAL_SECONDS = 30;
const EXPIRY_SECONDS = 600;

/**
 * The request of the demo: every executor takes a seat, and liars lose their whole lock.
 * @param now time of the latest block, in seconds
 */
export function buildRequest(
  { token }: DecoDeployment,
  requester: Address,
  { program, input, volume }: PublishedJob,
  { replicas, thresholdBps }: Cast,
  now: number,
): Request {
  const claimWindow = CLAIM_SECONDS + CLAIM_SECONDS_PER_SEAT * replicas;
  return {
    ...{ requester, program, input, volume, token },
    nonce: BigInt(now),
    expiry: now + EXPIRY_SECONDS,
    ...{ minPrice: parseEther("1"), maxPrice: parseEther("5"), rampSeconds: claimWindow },
    ...{ settlementFee: parseEther("0.05"), lock: parseEther("100"), dissentBps: 10_000 },
    ...{ replicas, maxReplicas: replicas, thresholdBps },
    ...{ minAgreeing: 2, minTrust: 10, minWeight: 0 },
    ...{ claimWindow, commitWindow: COMMIT_SECONDS, revealWindow: REVEAL_SECONDS },
    ...{ challengeWindow: 0, deliveryWindow: 0, inputWindow: 0, auditBps: 0, panelPrice: 0n },
    ...{ policy: zeroAddress, policyData: zeroHash, allocator: zeroAddress, allocatorWindow: 0 },
    ...{ callback: zeroAddress, callbackGas: 0 },
    ...{ programOwner: zeroAddress, programBps: 0, dataOwner: zeroAddress, dataBps: 0 },
  };
}
