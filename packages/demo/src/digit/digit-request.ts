import type { PublishedJob } from "@deco-network/requester";
import type { DecoDeployment, Request } from "@deco-network/sdk";
import { type Address, type Hex, parseEther, zeroAddress } from "viem";

/** The holder of all stake is drawn a sixth into the window. */
const CLAIM_SECONDS = 18;
const PROVE_SECONDS = 180;
/** After it anybody may prove in the holder's place, that long. */
const RESCUE_SECONDS = 30;
const EXPIRY_SECONDS = 600;

/**
 * The request of a proven digit: one seat, whose holder settles with its proof.
 * @param circuit id of the circuit
 * @param now time of the latest block, in seconds
 */
export function digitRequest(
  { token }: DecoDeployment,
  requester: Address,
  { program, input, volume }: PublishedJob,
  { policy, circuit }: { readonly policy: Address; readonly circuit: Hex },
  now: number,
): Request {
  return {
    ...{ requester, program, input, volume, token },
    nonce: BigInt(now),
    expiry: now + EXPIRY_SECONDS,
    ...{ minPrice: parseEther("1"), maxPrice: parseEther("5"), rampSeconds: CLAIM_SECONDS },
    ...{ settlementFee: parseEther("0.05"), lock: parseEther("100"), dissentBps: 10_000 },
    ...{ replicas: 1, maxReplicas: 1, thresholdBps: 6_000 },
    ...{ minAgreeing: 1, minTrust: 10, minWeight: 0 },
    ...{ claimWindow: CLAIM_SECONDS, commitWindow: PROVE_SECONDS, revealWindow: RESCUE_SECONDS },
    ...{ challengeWindow: 0, deliveryWindow: 0, inputWindow: 0, auditBps: 0, panelPrice: 0n },
    ...{ policy, policyData: circuit, allocator: zeroAddress, allocatorWindow: 0 },
    ...{ callback: zeroAddress, callbackGas: 0 },
    ...{ programOwner: zeroAddress, programBps: 0, dataOwner: zeroAddress, dataBps: 0 },
  };
}
