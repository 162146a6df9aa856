import { isOrder } from "@deco-network/sdk";
import type { Address, Hex, PublicClient } from "viem";

import { type ContentReader, checkContent } from "./checks/check-content.ts";
import { checkDisputes } from "./checks/check-disputes.ts";
import { checkFinality, itemReader } from "./checks/check-finality.ts";
import { checkOrder } from "./checks/check-order.ts";
import { checkOutcome } from "./checks/check-outcome.ts";
import { checkProofItself, type ProofReader } from "./checks/check-proof.ts";
import { checkReceipts, type ReceiptReader } from "./checks/check-receipts.ts";
import { checkRequest } from "./checks/check-request.ts";
import { checkSeats } from "./checks/check-seats.ts";
import { checkSettlement } from "./checks/check-settlement.ts";
import { checkVotes } from "./checks/check-votes.ts";
import { AuditError } from "./errors.ts";
import { readMarketLog } from "./evidence/market-log.ts";
import { seedReader } from "./evidence/read-seed.ts";
import { gatherEvidence } from "./evidence/task-evidence.ts";
import { type AuditReport, CheckList } from "./report.ts";

export interface AuditOptions {
  readonly client: PublicClient;
  readonly market: Address;
  /** First block that can hold the market's events. */
  readonly startBlock: bigint;
  readonly content: ContentReader;
  /** Default: proofs are not verified again; the policy's word is trusted. */
  readonly proofs?: ProofReader;
  /** Default: receipts are not looked at. */
  readonly receipts?: ReceiptReader;
  readonly signal?: AbortSignal;
}

/** What no recomputation from outside can show. */
const TRUSTED = [
  "the RPC endpoint gave all events, the block times and the contract's state as the chain has them",
  "the randomness contract gave the seeds that the chain's blocks carry",
  "each replica ran the program itself; the votes say so, this audit does not run it again",
] as const;

const WITHHELD =
  "input and result are private: that the accepted digest is of a proper result, only the requester can see";

/** A proof or a judge stands in the place of the replicas. */
function trustedOfProof(proofs: ProofReader | undefined): readonly string[] {
  const [events, randomness] = TRUSTED;
  const proof = proofs
    ? (proofs.trusted?.() ??
      "the circuit says what its source says, and nobody kept the secret of its setup")
    : "the proof policy judged rightly; its proof was not verified again";
  return [events, randomness, proof];
}

/**
 * Recomputes a task from the chain's events and from content: seats and their tickets,
 * commitments, the vote, disputes with their panels and bonds, every payment, slash and step of trust,
 * the refund, Merkle roots and digests. Uses an RPC endpoint and a source of content, neither of which it believes more than it
 * says in `trusted`.
 * @throws AuditError `task-not-found`, `evidence-incoherent`, `endpoint-failed`
 */
export async function auditTask(options: AuditOptions, taskId: Hex): Promise<AuditReport> {
  const { client, market, content, signal } = options;
  const list = new CheckList();
  try {
    const log = await readMarketLog(client, market, options.startBlock);
    signal?.throwIfAborted();
    const evidence = await gatherEvidence(log, taskId, market);
    const domain = { chainId: await client.getChainId(), market };
    checkRequest(evidence, domain, list);
    const seedOf = await seedReader(client, market);
    await checkSeats(evidence, seedOf, list);
    checkVotes(evidence, list);
    if (isOrder(evidence.request)) checkOrder(evidence, list);
    else checkSettlement(evidence, list);
    if (options.proofs) {
      await checkProofItself(evidence, { client, market }, options.proofs, list, signal);
    }
    await checkDisputes(evidence, seedOf, list);
    await checkFinality(evidence, itemReader(client, market, taskId), list);
    await checkOutcome(evidence, client, market, list);
    signal?.throwIfAborted();
    const { isPrivate } = await checkContent(evidence, content, list, signal);
    const receipts = options.receipts
      ? await checkReceipts(evidence, domain, options.receipts, list, signal)
      : [];
    const { settled, ended } = evidence;
    return {
      taskId,
      sound: list.checks.every((check) => check.status === "passed"),
      status: settled ? "settled" : ended ? "ended" : "running",
      checks: list.checks,
      receipts,
      trusted: [
        ...(evidence.proven ? trustedOfProof(options.proofs) : TRUSTED),
        ...(isPrivate ? [WITHHELD] : []),
      ],
    };
  } catch (error) {
    if (error instanceof AuditError || signal?.aborted) throw error;
    throw new AuditError(
      "endpoint-failed",
      `The audit could not be finished: ${error instanceof Error ? error.message : String(error)}`,
      "Try again, or use another RPC endpoint that serves logs and blocks of this range.",
      error,
    );
  }
}
