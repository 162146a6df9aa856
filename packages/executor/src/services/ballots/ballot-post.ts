import {
  type Ballot,
  BallotBox,
  type BallotsHeld,
  ballots,
  isP2pError,
  type Messenger,
  P2pError,
  type Received,
  type Recipient,
} from "@deco-network/p2p";
import { commitmentTypedData } from "@deco-network/sdk";
import { type Address, type Hash, isAddressEqual, type LocalAccount } from "viem";

import type { ActObserver } from "../../acts.ts";
import type { ProviderIdentity } from "../../assignments/context.ts";
import type { Journal } from "../../journal/journal.ts";
import type { SeatKey } from "../../journal/transition.ts";
import type { MarketReader } from "../../market/market-reader.ts";
import type { Logger } from "../../runtime/logger.ts";

export interface BallotPostOptions {
  readonly identity: ProviderIdentity;
  /** The operator key: commitments are signed with it. */
  readonly account: LocalAccount;
  readonly journal: Journal;
  readonly market: MarketReader;
  /** Absent where there is no node. */
  readonly messenger?: Messenger | undefined;
  readonly logger: Logger;
  readonly observer?: ActObserver | undefined;
}

/** An own ballot; its commitment is in the journal. */
export interface OwnBallot {
  readonly key: SeatKey;
  readonly commitment: Hash;
  /** Only once the chain has the commitments of all seats. */
  readonly shown?: { readonly tag: Hash; readonly salt: Hash };
}

/** Who relays a round: this executor, or somebody else at an address. */
export type Relayer = "self" | Recipient;

/** What the relayer said. */
export type Given =
  /** It does not relay this seat: nothing is to be waited for. */
  | { readonly kind: "refused" }
  /** It may answer another time. */
  | { readonly kind: "silent" }
  | ({ readonly kind: "held" } & BallotsHeld);

/** A relayer that keeps a question open must not keep its seats from acting. */
const ASK_MILLIS = 3_000;

/**
 * Gives own ballots to whoever relays their round, and takes others' where this executor does. What a
 * relayer says is only a hint: whoever acts on it checks it against the chain.
 */
export class BallotPost {
  readonly #options: BallotPostOptions;
  readonly #box: BallotBox;
  readonly #found = new Map<number, Recipient>();
  #onBallot: (task: Hash) => void = () => undefined;

  constructor(options: BallotPostOptions) {
    this.#options = options;
    this.#box = new BallotBox(options.identity);
  }

  /** Takes the ballots of rounds that this executor has a seat in; `onBallot` is told of each. */
  async serve(onBallot: (task: Hash) => void): Promise<void> {
    this.#onBallot = onBallot;
    await this.#options.messenger?.serve(ballots, async (message) => ({
      ...(await this.hear(message)),
    }));
  }

  async give({ key, commitment, shown }: OwnBallot, to: Relayer): Promise<Given> {
    const { identity, account, messenger, logger, observer } = this.#options;
    const { task: taskId, round } = key;
    const { provider, operator } = identity;
    const typed = commitmentTypedData(identity, { taskId, round, commitment });
    const signature = await account.signTypedData(typed);
    const sealed = { taskId, round, provider, commitment, signature };
    const ballot: Ballot = { ...sealed, ...(shown && { shown }) };
    if (to === "self") {
      await this.#box.put(ballot, operator);
      return { kind: "held", ...this.#box.answer(taskId, round) };
    }
    if (!messenger || to.endpoints.length === 0) return { kind: "refused" };
    const act = { kind: "ballot", key, shown: shown !== undefined } as const;
    try {
      observer?.before?.(act);
      const { body } = await messenger.ask(
        ballots,
        to,
        { ...ballot },
        { timeoutMillis: ASK_MILLIS },
      );
      observer?.after?.(act);
      return { kind: "held", ...body };
    } catch (err) {
      logger.info({ code: "ballot-unheld", task: taskId, err }, "The relayer has not the ballot.");
      const declined = isP2pError(err, "sender-refused") || isP2pError(err, "protocol-unsupported");
      return { kind: declined ? "refused" : "silent" };
    }
  }

  /** The commitments that others gave to this executor, and its own. */
  held({ task, round }: SeatKey): Ballot[] {
    return this.#box.ballots(task, round);
  }

  /** Where a provider takes ballots, as it described itself; no endpoints where that is unknown. */
  async find(provider: number): Promise<Recipient> {
    const known = this.#found.get(provider);
    if (known) return known;
    const { market } = this.#options;
    const [{ operator: address }, described] = await Promise.all([
      market.provider(provider),
      market.describedEndpoint(provider),
    ]);
    const endpoints = (described ?? "").split(",").filter((at) => /\/p2p\/[^/]+$/.test(at));
    const found = { address, endpoints: endpoints.slice(0, MAX_ADDRESSES) };
    this.#found.set(provider, found);
    return found;
  }

  /** A provider that does not answer may have described itself anew. */
  forget(provider: number): void {
    this.#found.delete(provider);
  }

  /** @throws P2pError `sender-refused` */
  async hear({ sender, body }: Received<Ballot>): Promise<BallotsHeld> {
    const { identity, journal, market } = this.#options;
    const { taskId, round, provider } = body;
    const known = journal.assignment({ task: taskId, round });
    if (!known) throw refused("This executor has no seat in that round.");
    const [own, seat, { operator }] = await Promise.all([
      market.seat(taskId, identity.provider),
      market.seat(taskId, provider),
      market.provider(provider),
    ]);
    for (const { round: of, status } of [own, seat]) {
      const seated = status !== "none" && status !== "declined";
      if (!seated || of !== round)
        throw refused("Only seats of one round give each other ballots.");
    }
    checkSender(sender, operator);
    await this.#box.put(body, operator);
    this.#onBallot(taskId);
    return this.#box.answer(taskId, round);
  }
}

/** More addresses than this of one provider are not tried. */
const MAX_ADDRESSES = 8;

function checkSender(sender: Address, operator: Address): void {
  if (!isAddressEqual(sender, operator)) throw refused(`${sender} does not operate that provider.`);
}

function refused(message: string): P2pError {
  return new P2pError("sender-refused", message);
}
