import {
  type DecoDeployment,
  decodeContractError,
  decoMarketAbi,
  decoParametersAbi,
  disputesOf,
  type EndReason,
  encodeBlockHeader,
  endReasonOf,
  eventsNamed,
  type Fold,
  type LiveTask,
  type MarketEvent,
  type Provider,
  prevrandaoRandomnessAbi,
  type Request,
  rosterOf,
  type SeatStatus,
  seatStatusOf,
  type TaskParameters,
  taskOfFold,
  taskStatusOf,
} from "@deco-network/sdk";
import { iProofPolicyAbi } from "@deco-network/sdk/abis/i-proof-policy";
import {
  getDispute,
  getFold,
  getParameters,
  getProvider,
  getProviderOf,
  getSeed,
  getTaskEvents,
  listEndpoints,
} from "@deco-network/sdk/actions";
import {
  type Address,
  encodeFunctionData,
  type Hash,
  type Hex,
  numberToHex,
  type PublicClient,
} from "viem";

import type { TaskSoFar } from "../checkpoints/resume-rule.ts";
import { ExecutorError } from "../errors.ts";
import type { PanelPlace } from "./panel.ts";

/** A live task, as far as this executor decides by it; see the SDK's `LiveTask`. */
export type LiveView = Omit<LiveTask, "taskId" | "reasons">;

export type TaskView =
  | { readonly kind: "absent" }
  /** With what the chain keeps as one word, if it does. */
  | { readonly kind: "live"; readonly task: LiveView; readonly fold?: Fold }
  /** A result was accepted and is not final yet. */
  | { readonly kind: "accepted"; readonly verdict: VerdictView }
  /** `result` is the first 26 bytes of the accepted one. */
  | { readonly kind: "settled"; readonly result: Hex; readonly delivered: boolean }
  | { readonly kind: "ended"; readonly reason: EndReason };

/** An accepted result within its windows. */
export interface VerdictView {
  readonly result: Hex;
  /** Seconds; the windows count from it. */
  readonly acceptedAt: number;
  /** Rounds of the vote. */
  readonly round: number;
}

/** How an accepted result was opened. */
export interface AcceptedOpening {
  /** What was voted on. */
  readonly result: Hash;
  /** Digest of the result document, or of a bag's manifest. */
  readonly digest: Hash;
  /** Zero unless the task is a bag. */
  readonly root: Hash;
  /** Bytes of the document when they came with the settlement, else `0x`. */
  readonly document: Hex;
}

export interface SeatView {
  readonly status: SeatStatus;
  readonly round: number;
  /** First 24 bytes of the commitment, then of the tag. */
  readonly value: Hex;
}

export interface ReadOptions {
  /** Past state; default the latest. */
  readonly block?: number;
  /** Block of the task's post: a folded task is read from its events. Default the market's first. */
  readonly fromBlock?: number;
  /** Another endpoint than the usual one. */
  readonly client?: PublicClient;
}

/** Reads the market's state: what is true, whatever events were or were not seen. */
export class MarketReader {
  readonly #client: PublicClient;
  readonly #deployment: DecoDeployment;
  readonly #terms = new Map<number, Promise<TaskParameters>>();

  private constructor(client: PublicClient, deployment: DecoDeployment) {
    this.#client = client;
    this.#deployment = deployment;
  }

  /**
   * Finds the market's other contracts.
   * @throws ExecutorError `chain-mismatch` when there is no market at the address
   */
  static async open(
    client: PublicClient,
    chain: { readonly id: number; readonly market: Address; readonly startBlock: number },
  ): Promise<MarketReader> {
    const code = await client.getCode({ address: chain.market });
    if (code === undefined || code === "0x") {
      throw new ExecutorError("chain-mismatch", `There is no market at ${chain.market}.`, {
        remedy: "Check chain.market and that chain.endpoints serve its network.",
      });
    }
    const address = (functionName: "deco" | "parameters" | "randomness") =>
      client.readContract({ address: chain.market, abi: decoMarketAbi, functionName });
    const [token, parameters, randomness] = await Promise.all([
      address("deco"),
      address("parameters"),
      address("randomness"),
    ]);
    const { id: chainId, market, startBlock } = chain;
    const deployment = { chainId, market, token, parameters, randomness, startBlock };
    return new MarketReader(client, deployment);
  }

  /** Live tasks cost one call, which is what most looks are at. */
  async task(taskId: Hash, options: ReadOptions = {}): Promise<TaskView> {
    const { client, at } = this.#call(options);
    const args = [taskId] as const;
    try {
      const task = await client.readContract({ ...at, functionName: "getTask", args });
      const status = taskStatusOf(task.status);
      if (status === "open" || status === "executing" || status === "revealing") {
        return { kind: "live", task: { ...task, status, folded: false } };
      }
      if (status === "accepted") {
        const verdict = await client.readContract({ ...at, functionName: "getVerdict", args });
        const { result, acceptedAt } = verdict;
        return { kind: "accepted", verdict: { result, acceptedAt, round: task.round } };
      }
    } catch (error) {
      const code = decodeContractError(error)?.code;
      if (code === "UnknownTask") return { kind: "absent" };
      if (code !== "WrongStatus") throw error;
    }
    const outcome = await client.readContract({ ...at, functionName: "getOutcome", args });
    if (taskStatusOf(outcome.status) === "folded") return await this.#folded(taskId, options);
    if (taskStatusOf(outcome.status) === "settled") {
      return { kind: "settled", result: outcome.result, delivered: outcome.delivered };
    }
    return { kind: "ended", reason: endReasonOf(outcome.reason) };
  }

  /** A seat of a task that is not folded. */
  async seat(taskId: Hash, provider: number): Promise<SeatView> {
    const { client, at } = this.#call({});
    const args = [taskId, provider] as const;
    const seat = await client.readContract({ ...at, functionName: "getSeat", args });
    return { status: seatStatusOf(seat.status), round: seat.round, value: seat.value };
  }

  /** Item of the bag that a panel judges. */
  async leafOf({ taskId, index }: PanelPlace): Promise<number> {
    const { client, at } = this.#call({});
    const args = [taskId, BigInt(index)] as const;
    return (await client.readContract({ ...at, functionName: "getDispute", args })).leaf;
  }

  /** Id of the provider that this key operates, if any. */
  async providerOf(operator: Address): Promise<number | undefined> {
    return await getProviderOf(this.#client, { ...this.#parameters, operator });
  }

  async provider(provider: number): Promise<Provider> {
    return await getProvider(this.#client, { ...this.#parameters, provider });
  }

  /** Randomness of a block, once it is known, or that it never will be. */
  async seed(seedBlock: number): ReturnType<typeof getSeed> {
    return await getSeed(this.#client, { ...this.#parameters, seedBlock });
  }

  /** The call that proves a block's randomness, by the next block's header; undefined when that is not there. */
  async seedProof(
    seedBlock: number,
  ): Promise<{ readonly to: Address; readonly data: Hex } | undefined> {
    const block = await this.#client.request({
      method: "eth_getBlockByNumber",
      params: [numberToHex(seedBlock + 1), false],
    });
    const header = block === null ? undefined : encodeBlockHeader({ ...block });
    if (!header) return undefined;
    const call = { abi: prevrandaoRandomnessAbi, functionName: "prove", args: [header] } as const;
    return { to: this.#deployment.randomness, data: encodeFunctionData(call) };
  }

  /** Governed values of a version; a version never changes. */
  terms(version: number): Promise<TaskParameters> {
    let terms = this.#terms.get(version);
    if (!terms) {
      terms = getParameters(this.#client, { ...this.#parameters, version }).then(
        ({ task }) => task,
      );
      this.#terms.set(version, terms);
      terms.catch(() => this.#terms.delete(version));
    }
    return terms;
  }

  /**
   * Whether a request's policy was removed, or serves what the request names no more, as when a circuit was: from then on anybody ends
   * its tasks neutrally. Only a clear answer counts, since work is given up for it.
   */
  async policyGone({ policy, policyData }: Request): Promise<boolean> {
    const asked = { address: policy, abi: iProofPolicyAbi, args: [policyData] } as const;
    const [{ tombstoned }, accepts] = await Promise.all([
      this.#client.readContract({
        ...{ address: this.#deployment.parameters, abi: decoParametersAbi },
        ...{ functionName: "policyParameters", args: [policy] },
      }),
      this.#client.readContract({ ...asked, functionName: "accepts" }).catch(() => undefined),
    ]);
    return tombstoned || accepts === false;
  }

  /** Providers with a seat on the task, declined ones excepted, ascending: what `settle` wants. */
  async roster(taskId: Hash, fromBlock: number): Promise<number[]> {
    return rosterOf(await this.#events(taskId, fromBlock));
  }

  /** Disputes over an accepted bag whose accepted item nobody has proven, and that still count. */
  async unshown(
    taskId: Hash,
  ): Promise<readonly { readonly index: number; readonly leaf: number }[]> {
    const { client, at } = this.#call({});
    const args = [taskId] as const;
    const verdict = await client.readContract({ ...at, functionName: "getVerdict", args });
    const found = [];
    for (const index of disputesOf(verdict.opened)) {
      const parameters = { ...this.#parameters, taskId, index };
      const { kind, leaf, item, status, decision } = await getDispute(client, parameters);
      const over = status === "closed" && decision === undefined;
      if (kind !== "delivery" && item === undefined && !over) found.push({ index, leaf });
    }
    return found;
  }

  /** How often the task's callback did not take the result. */
  async failedDeliveries(taskId: Hash, fromBlock: number): Promise<number> {
    return eventsNamed(await this.#events(taskId, fromBlock), "DeliveryFailed").length;
  }

  /** What the vote of a task accepted, from its event; undefined when there is none. */
  async accepted(taskId: Hash, fromBlock: number): Promise<AcceptedOpening | undefined> {
    const events = await this.#events(taskId, fromBlock);
    const [accepted] = eventsNamed(events, "TaskAccepted");
    if (!accepted) return undefined;
    const { result, digest, root, document } = accepted.args;
    return { result, digest, root, document };
  }

  /** Multiaddrs that these providers described last. */
  async endpointsOf(providers: readonly number[]): Promise<readonly string[]> {
    if (providers.length === 0) return [];
    const endpoints = await listEndpoints(this.#client, { ...this.#parameters, providers });
    return endpoints.flatMap(({ addresses }) => addresses);
  }

  /** What seats of a task logged to go on from, and what else tells whether that may be done. */
  async checkpoints(taskId: Hash, fromBlock: number): Promise<TaskSoFar> {
    const events = await this.#events(taskId, fromBlock);
    const taken = eventsNamed(events, "SeatTaken");
    const assigned = eventsNamed(events, "SeatAssigned");
    return {
      logged: eventsNamed(events, "Checkpointed").map(({ args: { provider, digest } }) => ({
        ...{ provider, digest },
      })),
      seated: [...taken, ...assigned].map(({ args }) => args.provider),
      committed: eventsNamed(events, "Committed").map(({ args }) => args.provider),
    };
  }

  /** The request of a task, from the event of its post; undefined when there is none. */
  async posted(
    taskId: Hash,
  ): Promise<{ readonly request: Request; readonly block: number } | undefined> {
    for (const event of await this.#events(taskId)) {
      if (event.eventName !== "TaskPosted") continue;
      return { request: event.args.request, block: Number(event.blockNumber) };
    }
    return undefined;
  }

  /** The endpoint that the provider described last; undefined before the first time. */
  async describedEndpoint(provider: number): Promise<string | undefined> {
    const parameters = { ...this.#parameters, providers: [provider] };
    const [endpoint] = await listEndpoints(this.#client, parameters);
    return endpoint?.addresses.join(",");
  }

  async #folded(taskId: Hash, options: ReadOptions): Promise<TaskView> {
    const { client = this.#client, block, fromBlock } = options;
    const range = { taskId, fromBlock, toBlock: block };
    const fold = await getFold(client, { ...this.#parameters, ...range });
    if (fold) return { kind: "live", task: taskOfFold(taskId, fold), fold };
    throw new ExecutorError("fold-unread", `The events of folded task ${taskId} are not there.`, {
      remedy:
        "It may have moved on meanwhile; else use endpoints that keep the logs of live tasks.",
    });
  }

  get #parameters() {
    return { deployment: this.#deployment };
  }

  async #events(taskId: Hash, fromBlock?: number): Promise<readonly MarketEvent[]> {
    return await getTaskEvents(this.#client, { ...this.#parameters, taskId, fromBlock });
  }

  #call({ client = this.#client, block }: ReadOptions) {
    const at = {
      address: this.#deployment.market,
      abi: decoMarketAbi,
      ...(block !== undefined && { blockNumber: BigInt(block) }),
    } as const;
    return { client, at };
  }
}
