import {
  BallotBox,
  ballots,
  Messenger,
  offers,
  offerWanted,
  readOfferAnswer,
} from "@deco-network/p2p";
import { decoActions, type Request, type SignedTaskOffer, taskIdOf } from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { createWalletClient, type Hash, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

import type { TestNetwork } from "./network.ts";

/**
 * An honest allocator of one seat, in this process: asks an executor for its offer until it gets one, opens the
 * task folded, and brings the commitment that is given to it.
 */
export class FoldingAllocator {
  readonly #network: TestNetwork;
  readonly #storage: Storage;
  readonly #messenger: Messenger;
  readonly #box: BallotBox;
  readonly #folds = new Map<
    Hash,
    Parameters<ReturnType<FoldingAllocator["wallet"]>["commitFolded"]>[0]["fold"]
  >();
  #now = 0;

  private constructor(network: TestNetwork, storage: Storage) {
    const { libp2p } = storage;
    if (!libp2p) throw new RangeError("no peer-to-peer");
    this.#network = network;
    this.#storage = storage;
    this.#box = new BallotBox(network.devnet.deployment);
    this.#messenger = new Messenger({
      ...{ host: libp2p, signer: this.#account, domain: network.devnet.deployment },
      now: () => this.#now,
    });
  }

  /** The last account of the chain is the allocator's; the requester deposits what folds are paid from. */
  static async open(network: TestNetwork): Promise<FoldingAllocator> {
    const allocator = new FoldingAllocator(network, await openStorage());
    await allocator.#look();
    await allocator.#messenger.serve(ballots, async ({ sender, body }) => {
      await allocator.#box.put(body, sender);
      return { ...allocator.#box.answer(body.taskId, body.round) };
    });
    const { devnet } = network;
    await allocator
      .wallet(0)
      .deposit({ token: devnet.addresses.token, amount: parseEther("100000") });
    return allocator;
  }

  get #account() {
    return privateKeyToAccount(this.#network.devnet.accounts.at(-1)?.privateKey ?? "0x");
  }

  /** What an executor's configuration lists. */
  get listed() {
    return { address: this.#account.address, endpoints: [...this.#storage.addresses()] };
  }

  wallet(index = -1) {
    const { devnet } = this.#network;
    const account = privateKeyToAccount(devnet.accounts.at(index)?.privateKey ?? "0x");
    const transport = http(devnet.rpcUrl);
    return createWalletClient({ account, chain: foundry, transport, pollingInterval: 50 }).extend(
      decoActions({ deployment: devnet.deployment }),
    );
  }

  /** Brings a request to its end, as far as an allocator has a part in it. Ends early with the signal. */
  async serve(
    request: Request,
    provider: number,
    endpoint: () => Promise<string | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    const taskId = taskIdOf(this.#network.devnet.deployment, request);
    const signature = await this.wallet(0).signRequest({ request });
    const seat = await this.#until(signal, async () => {
      const at = await endpoint();
      return at === undefined ? undefined : await this.#ask(request, provider, at);
    });
    if (!seat) return;
    const { fold } = await this.wallet().openAndFold({ request, signature, taskSeats: [seat] });
    this.#folds.set(taskId, fold);
    const given = await this.#until(signal, async () => {
      await this.#look();
      const held = this.#box.ballots(taskId, 1);
      return held.length === 1 ? held : undefined;
    });
    if (given) await this.wallet().commitFolded({ taskId, fold, commitments: given });
  }

  /** Ends a task whose only seat was given back, as its requester. */
  async expire(request: Request): Promise<void> {
    await this.wallet(0).expire({ request, roster: [] });
  }

  async close(): Promise<void> {
    await this.#messenger.close();
    await this.#storage.close();
  }

  async #ask(
    request: Request,
    provider: number,
    endpoint: string,
  ): Promise<SignedTaskOffer | undefined> {
    await this.#look();
    const { operator: address } = await this.wallet().getProvider({ provider });
    const endpoints = endpoint.split(",").filter((at) => at.includes("/p2p/"));
    try {
      const { body } = await this.#messenger.ask(
        offers,
        { endpoints, address },
        offerWanted(request, 1),
        { timeoutMillis: 5_000 },
      );
      const answer = readOfferAnswer(body);
      return answer.kind === "offer" ? answer.offer : undefined;
    } catch {
      // It was killed before it answered.
      return undefined;
    }
  }

  async #look(): Promise<void> {
    this.#now = Number((await this.#network.client.getBlock()).timestamp);
  }

  async #until<T>(signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T | undefined> {
    while (!signal.aborted) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return undefined;
  }
}
