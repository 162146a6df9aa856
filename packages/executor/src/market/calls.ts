import type { Ballot } from "@deco-network/p2p";
import {
  bodyHashOf,
  compactSignature,
  decoMarketAbi,
  type Fold,
  type Request,
  seatTermsOf,
} from "@deco-network/sdk";
import { type Address, decodeFunctionData, encodeFunctionData, type Hash, type Hex } from "viem";

import type { QueuedTransaction, SeatKey, TransactionPurpose } from "../journal/transition.ts";

/** Opens the accepted result at settlement, as in `contracts/types/Opening.sol`. */
export interface Opening {
  readonly digest: Hash;
  /** Zero unless the task is a bag. */
  readonly root: Hash;
  /** The document's bytes, or `0x`. */
  readonly document: Hex;
}

/** An item's result and what proves it, as `showLeaf` wants it. */
export interface ShownLeaf {
  readonly item: Hash;
  /** The Merkle path, then the manifest's digest. */
  readonly proof: readonly Hash[];
}

/** A contract waits for the content, the content is at hand, and the result is final when it is accepted. */
function isDeliverable(request: Request, { document }: Opening): boolean {
  const windows = request.challengeWindow + request.deliveryWindow + request.auditBps;
  return BigInt(request.callback) !== 0n && document !== "0x" && windows === 0;
}

/** Builds the market's transactions as the journal queues them. */
export class MarketCalls {
  readonly #market: Address;
  readonly #provider: number;

  /** @param provider Whose operator key sends the calls. */
  constructor(market: Address, provider: number) {
    this.#market = market;
    this.#provider = provider;
  }

  claim(key: SeatKey, request: Request): QueuedTransaction {
    const args = [seatTermsOf(request), bodyHashOf(request), this.#provider] as const;
    return this.#queued("claim", key, { functionName: "claim", args });
  }

  decline(key: SeatKey, request: Request): QueuedTransaction {
    return this.#queued("decline", key, { functionName: "decline", args: [request] });
  }

  /** @param reason 1..7 */
  abstain(key: SeatKey, reason: number): QueuedTransaction {
    return this.#queued("abstain", key, { functionName: "abstain", args: [key.task, reason] });
  }

  commit(key: SeatKey, commitment: Hash): QueuedTransaction {
    return this.#queued("commit", key, { functionName: "commit", args: [key.task, commitment] });
  }

  /** Logs a state of the seat's run; how far the whole has come nobody knows but the program. */
  checkpoint(key: SeatKey, digest: Hash): QueuedTransaction {
    const args = [key.task, digest, 0] as const;
    return this.#queued("checkpoint", key, { functionName: "checkpoint", args });
  }

  /** Brings the own commitment with those that others have signed. */
  commitSigned(key: SeatKey, ballots: readonly Ballot[]): QueuedTransaction {
    const items = ballots.map(({ taskId, provider, commitment, signature }) => ({
      ...{ taskId, provider, commitment },
      ...compactSignature(signature),
    }));
    return this.#queued("commit", key, { functionName: "commitSigned", args: [items] });
  }

  reveal(key: SeatKey, provider: number, tag: Hash, salt: Hash): QueuedTransaction {
    const reveals = [{ taskId: key.task, provider, tag, salt }];
    return this.#queued("reveal", key, { functionName: "reveal", args: [reveals] });
  }

  settle(
    key: SeatKey,
    request: Request,
    roster: readonly number[],
    opening: Opening,
  ): QueuedTransaction {
    const data = encode({ functionName: "settle", args: [request, roster, opening] });
    return this.#settling(key, request, opening, data);
  }

  /** Reveals and settles in one a first round whose seats agree; `salts` by the roster. */
  settleAgreed(
    key: SeatKey,
    request: Request,
    agreed: { readonly roster: readonly number[]; readonly fold?: Fold },
    opening: Opening,
    salts: readonly Hash[],
  ): QueuedTransaction {
    const { roster, fold } = agreed;
    const data = fold
      ? encode({ functionName: "settleFolded", args: [request, plain(fold), opening, salts] })
      : encode({ functionName: "settleAgreed", args: [request, roster, opening, salts] });
    return this.#settling(key, request, opening, data);
  }

  /** The same transaction for a task that is folded: a seat's own calls need it unfolded first. */
  unfolding(fold: Fold, task: Hash, transaction: QueuedTransaction): QueuedTransaction {
    const unfold = encode({ functionName: "unfold", args: [task, plain(fold)] });
    const data = encode({ functionName: "multicall", args: [[unfold, transaction.data]] });
    return { ...transaction, data };
  }

  /**
   * Shows the own result to the task's policy, which settles it.
   * @param fold The task as the chain keeps it, whose seat is the own one; then it is settled as it is.
   * @param roster The task's seats: by default the own one.
   */
  prove(
    key: SeatKey,
    request: Request,
    { opening, proof }: { readonly opening: Opening; readonly proof: Hex },
    {
      fold,
      roster = [this.#provider],
    }: { readonly fold?: Fold | undefined; readonly roster?: readonly number[] } = {},
  ): QueuedTransaction {
    const data = fold
      ? encode({ functionName: "proveFolded", args: [request, plain(fold), opening, proof] })
      : encode({ functionName: "prove", args: [request, roster, opening, proof] });
    return this.#settling(key, request, opening, data);
  }

  escalate(key: SeatKey, request: Request): QueuedTransaction {
    return this.#queued("escalate", key, { functionName: "escalate", args: [request] });
  }

  expire(key: SeatKey, request: Request, roster: readonly number[]): QueuedTransaction {
    return this.#queued("expire", key, { functionName: "expire", args: [request, roster] });
  }

  reseed(key: SeatKey, request: Request): QueuedTransaction {
    return this.#queued("reseed", key, { functionName: "reseed", args: [request] });
  }

  claimPanel(key: SeatKey, request: Request, index: number): QueuedTransaction {
    const args = [request, BigInt(index)] as const;
    return this.#queued("claim", key, { functionName: "claimPanel", args });
  }

  reseedPanel(key: SeatKey, request: Request, index: number): QueuedTransaction {
    const args = [request, BigInt(index)] as const;
    return this.#queued("reseed", key, { functionName: "reseedPanel", args });
  }

  decide(
    key: SeatKey,
    request: Request,
    index: number,
    roster: readonly number[],
    decision: Hash,
  ): QueuedTransaction {
    const args = [request, BigInt(index), roster, decision] as const;
    return this.#queued("settle", key, { functionName: "decide", args });
  }

  escalatePanel(
    key: SeatKey,
    request: Request,
    index: number,
    roster: readonly number[],
  ): QueuedTransaction {
    const args = [request, BigInt(index), roster] as const;
    return this.#queued("expire", key, { functionName: "escalatePanel", args });
  }

  finalize(key: SeatKey, request: Request, roster: readonly number[]): QueuedTransaction {
    return this.#queued("finalize", key, { functionName: "finalize", args: [request, roster] });
  }

  audit(key: SeatKey, request: Request): QueuedTransaction {
    return this.#queued("audit", key, { functionName: "audit", args: [request] });
  }

  /** The dispute's number stands in the place of the round: a task may have several. */
  showLeaf(
    task: Hash,
    request: Request,
    index: number,
    { item, proof }: ShownLeaf,
  ): QueuedTransaction {
    const args = [request, BigInt(index), item, proof] as const;
    return this.#queued("show-leaf", { task, round: index }, { functionName: "showLeaf", args });
  }

  deliver(key: SeatKey, request: Request, opening: Opening): QueuedTransaction {
    return this.#queued("deliver", key, { functionName: "deliver", args: [request, opening] });
  }

  describe(provider: number, metadata: Hash, endpoint: string): QueuedTransaction {
    return this.#queued("describe", undefined, {
      functionName: "describe",
      args: [provider, metadata, endpoint],
    });
  }

  /** One transaction settles and delivers: a callback that fails does not make `deliver` revert. */
  #settling(key: SeatKey, request: Request, opening: Opening, settling: Hex): QueuedTransaction {
    const deliver = { functionName: "deliver", args: [request, opening] } as const;
    const data = isDeliverable(request, opening)
      ? encode({ functionName: "multicall", args: [[settling, encode(deliver)]] })
      : settling;
    return { kind: "transaction-queued", key, purpose: "settle", to: this.#market, data };
  }

  #queued(
    purpose: TransactionPurpose,
    key: SeatKey | undefined,
    call: MarketCall,
  ): QueuedTransaction {
    const data = encode(call);
    return { kind: "transaction-queued", ...(key && { key }), purpose, to: this.#market, data };
  }
}

/** What a transaction of {@link MarketCalls.checkpoint} logs, also where it unfolds its task first. */
export function checkpointDigestOf(data: Hex): Hash | undefined {
  const call = decodeFunctionData({ abi: decoMarketAbi, data });
  if (call.functionName === "checkpoint") return call.args[1];
  if (call.functionName !== "multicall") return undefined;
  const last = call.args[0].at(-1);
  return last && checkpointDigestOf(last);
}

type Encodable = Parameters<typeof encodeFunctionData<typeof decoMarketAbi>>[0];
type MarketCall = Omit<Encodable, "abi">;

function encode(call: MarketCall): Hex {
  return encodeFunctionData({ abi: decoMarketAbi, ...call } as Encodable);
}

/** Without what a reader of folds adds, and mutable, as encoders want it. */
function plain({ roster, seats, ...words }: Fold) {
  return { ...words, roster: [...roster], seats: [...seats] };
}

/** What handlers send besides for a seat of a task. */
export type RoundCalls = Pick<MarketCalls, "commitSigned" | "settleAgreed" | "unfolding" | "prove">;

/** What handlers send for a seat of a task or a panel. */
export type SeatCalls = Pick<
  MarketCalls,
  | "claim"
  | "decline"
  | "abstain"
  | "commit"
  | "reveal"
  | "settle"
  | "escalate"
  | "expire"
  | "reseed"
  | "finalize"
  | "audit"
  | "showLeaf"
  | "deliver"
>;
