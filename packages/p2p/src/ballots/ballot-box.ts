import { commitmentOf, commitmentTypedData, type MarketDomain } from "@deco-network/sdk";
import { type Address, type Hash, isAddressEqual, recoverTypedDataAddress } from "viem";

import { P2pError } from "../errors.ts";
import type { Ballot, BallotsHeld } from "../protocols/ballots.ts";

/** Rounds held at the same time; the one that is not asked about for longest goes first. */
const MAX_ROUNDS = 2_048;

/**
 * The ballots that a relayer was given. It believes none: a commitment is kept when its provider's
 * operator key signed it, tag and salt when they open that commitment. Nothing is on disk, since
 * executors bring what the chain does not have again and again.
 */
export class BallotBox {
  readonly #domain: MarketDomain;
  readonly #rounds = new Map<string, Map<number, Ballot>>();

  constructor(domain: MarketDomain) {
    this.#domain = domain;
  }

  /**
   * Keeps a ballot of a seat that the caller knows to be one.
   * @param operator The provider's, by the chain.
   * @throws P2pError `sender-refused` for what is unsigned, does not open, or is another than before
   */
  async put(ballot: Ballot, operator: Address): Promise<void> {
    const { taskId, round, provider, commitment, shown } = ballot;
    const held = this.#held(taskId, round).get(provider);
    if (held !== undefined && held.commitment !== commitment) {
      throw refused("This seat gave another commitment before.");
    }
    const typed = commitmentTypedData(this.#domain, { taskId, round, commitment });
    const { signature } = ballot;
    const signer = await recoverTypedDataAddress({ ...typed, signature }).catch(() => undefined);
    if (signer === undefined || !isAddressEqual(signer, operator)) {
      throw refused(`The commitment is not signed by ${operator}.`);
    }
    if (shown && commitmentOf({ taskId, round, provider, ...shown }) !== commitment) {
      throw refused("Tag and salt do not open the commitment.");
    }
    // Checking took a while, in which the same seat may have said more.
    const known = this.#held(taskId, round).get(provider);
    if (known !== undefined && known.commitment !== commitment) return;
    this.#keep(taskId, round).set(provider, known?.shown ? known : ballot);
  }

  /** What is held of a round, by ascending provider id. */
  ballots(taskId: Hash, round: number): Ballot[] {
    const held = [...this.#held(taskId, round).values()];
    return held.sort((a, b) => a.provider - b.provider);
  }

  /** The same, as it is told to those who have a seat. */
  answer(taskId: Hash, round: number): BallotsHeld {
    const held = this.ballots(taskId, round);
    return {
      held: held.map(({ provider }) => provider),
      shown: held.flatMap(({ provider, shown }) => (shown ? [{ provider, ...shown }] : [])),
    };
  }

  #held(taskId: Hash, round: number): ReadonlyMap<number, Ballot> {
    return this.#rounds.get(nameOf(taskId, round)) ?? new Map();
  }

  /** Written anew, so that the order of the map is the order of the last ballots. */
  #keep(taskId: Hash, round: number): Map<number, Ballot> {
    const name = nameOf(taskId, round);
    const held = this.#rounds.get(name) ?? new Map<number, Ballot>();
    this.#rounds.delete(name);
    this.#rounds.set(name, held);
    const [oldest] = this.#rounds.keys();
    if (this.#rounds.size > MAX_ROUNDS && oldest !== undefined) this.#rounds.delete(oldest);
    return held;
  }
}

function nameOf(taskId: Hash, round: number): string {
  return `${taskId}/${round}`;
}

function refused(message: string): P2pError {
  return new P2pError("sender-refused", message);
}
