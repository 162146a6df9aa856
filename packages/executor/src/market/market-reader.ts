import type { Request } from "@deco-network/sdk";
import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { decoParametersAbi } from "@deco-network/sdk/abis/deco-parameters";
import { localRandomnessAbi } from "@deco-network/sdk/abis/local-randomness";
import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  type Hash,
  type Hex,
  type PublicClient,
} from "viem";

import { ExecutorError } from "../errors.ts";

const TASK_STATUS = ["none", "open", "executing", "revealing", "settled", "ended"] as const;
const SEAT_STATUS = ["none", "taken", "committed", "revealed", "abstained", "declined"] as const;
export type TaskStatus = (typeof TASK_STATUS)[number];
export type SeatStatus = (typeof SEAT_STATUS)[number];

/** A task that has not ended; seconds and counts as in `contracts/types/Task.sol`. */
export interface LiveTask {
  readonly status: TaskStatus;
  readonly round: number;
  readonly seats: number;
  readonly wanted: number;
  readonly taken: number;
  readonly committed: number;
  readonly abstained: number;
  readonly revealed: number;
  readonly reseeded: boolean;
  /** Version of the parameters at post. */
  readonly parameters: number;
  readonly postedAt: number;
  readonly openedAt: number;
  readonly phaseAt: number;
  readonly commitWindow: number;
  readonly revealWindow: number;
  readonly seedBlock: number;
  /** Thousandths of a DECO. */
  readonly totalStake: bigint;
}

export interface EndedTask {
  readonly status: TaskStatus;
  /** `EndReason`. */
  readonly reason: number;
  /** First 26 bytes of the accepted result. */
  readonly result: Hex;
}

export type TaskView =
  | { readonly kind: "absent" }
  | { readonly kind: "live"; readonly task: LiveTask }
  | { readonly kind: "ended"; readonly outcome: EndedTask };

export interface SeatView {
  readonly status: SeatStatus;
  readonly round: number;
  /** First 24 bytes of the commitment, then of the tag. */
  readonly value: Hex;
}

export interface ProviderView {
  readonly active: bigint;
  readonly aged: bigint;
  /** Second at which `active - aged` was added last. */
  readonly since: number;
  readonly locked: bigint;
  readonly trust: number;
  readonly leaving: boolean;
  readonly dormant: boolean;
  readonly operator: Address;
  readonly metadata: Hash;
}

export interface Terms {
  readonly settleWindow: number;
  readonly declineGrace: number;
}

export interface ReadOptions {
  /** Past state; default the latest. */
  readonly block?: number;
  /** Another endpoint than the usual one. */
  readonly client?: PublicClient;
}

/** Reads the market's state: what is true, whatever events were or were not seen. */
export class MarketReader {
  readonly #client: PublicClient;
  readonly #market: Address;
  #parameters: Promise<Address> | undefined;
  #randomness: Promise<Address> | undefined;
  readonly #terms = new Map<number, Promise<Terms>>();

  constructor(client: PublicClient, market: Address) {
    this.#client = client;
    this.#market = market;
  }

  /** @throws ExecutorError `chain-mismatch` when there is no market at the address. */
  async check(): Promise<void> {
    const code = await this.#client.getCode({ address: this.#market });
    if (code !== undefined && code !== "0x") return;
    throw new ExecutorError("chain-mismatch", `There is no market at ${this.#market}.`, {
      remedy: "Check chain.market and that chain.endpoints serve its network.",
    });
  }

  async task(taskId: Hash, options: ReadOptions = {}): Promise<TaskView> {
    const call = this.#call(options);
    try {
      const task = await call.client.readContract({
        ...call.at,
        abi: decoMarketAbi,
        functionName: "getTask",
        args: [taskId],
      });
      return { kind: "live", task: { ...task, status: TASK_STATUS[task.status] ?? "none" } };
    } catch (error) {
      const name = revertedWith(error);
      if (name === "UnknownTask") return { kind: "absent" };
      if (name !== "WrongStatus") throw error;
    }
    const outcome = await call.client.readContract({
      ...call.at,
      abi: decoMarketAbi,
      functionName: "getOutcome",
      args: [taskId],
    });
    return {
      kind: "ended",
      outcome: {
        status: TASK_STATUS[outcome.status] ?? "none",
        reason: outcome.reason,
        result: outcome.result,
      },
    };
  }

  async seat(taskId: Hash, provider: number, options: ReadOptions = {}): Promise<SeatView> {
    const call = this.#call(options);
    const seat = await call.client.readContract({
      ...call.at,
      abi: decoMarketAbi,
      functionName: "getSeat",
      args: [taskId, provider],
    });
    return {
      status: SEAT_STATUS[seat.status] ?? "none",
      round: seat.round,
      value: seat.value,
    };
  }

  /** Id of the provider that this key operates; 0 if none. */
  async providerOf(operator: Address): Promise<number> {
    const call = this.#call({});
    return await call.client.readContract({
      ...call.at,
      abi: decoMarketAbi,
      functionName: "providerOf",
      args: [operator],
    });
  }

  async provider(provider: number): Promise<ProviderView> {
    const call = this.#call({});
    const [stake, work, identity] = await call.client.readContract({
      ...call.at,
      abi: decoMarketAbi,
      functionName: "getProvider",
      args: [provider],
    });
    return {
      active: stake.active,
      aged: stake.aged,
      since: Number(stake.since),
      locked: work.locked,
      trust: work.trust,
      leaving: work.leaving,
      dormant: work.dormant,
      operator: identity.operator,
      metadata: identity.metadata,
    };
  }

  /** Randomness of a block; undefined while unknown. */
  async seed(block: number): Promise<Hash | undefined> {
    const seed = await this.#client.readContract({
      address: await this.#randomnessAddress(),
      abi: localRandomnessAbi,
      functionName: "seed",
      args: [BigInt(block)],
    });
    return BigInt(seed) === 0n ? undefined : seed;
  }

  /** Whether the randomness of a block can never be known. */
  async seedLost(block: number): Promise<boolean> {
    return await this.#client.readContract({
      address: await this.#randomnessAddress(),
      abi: localRandomnessAbi,
      functionName: "lost",
      args: [BigInt(block)],
    });
  }

  /** Governed values of a version; a version never changes. */
  terms(version: number): Promise<Terms> {
    let terms = this.#terms.get(version);
    if (!terms) {
      terms = this.#readTerms(version);
      this.#terms.set(version, terms);
      terms.catch(() => this.#terms.delete(version));
    }
    return terms;
  }

  /** Providers with a seat on the task, declined ones excepted, ascending: what `settle` wants. */
  async roster(taskId: Hash, fromBlock: number): Promise<number[]> {
    const seats = new Set<number>();
    const logs = await this.#client.getContractEvents({
      address: this.#market,
      abi: decoMarketAbi,
      fromBlock: BigInt(fromBlock),
      args: { taskId },
      strict: true,
    });
    for (const log of logs) {
      // The filter by task id matches the first topic of any event; only these two count.
      if (log.eventName === "SeatTaken") seats.add(log.args.provider);
      if (log.eventName === "SeatDeclined") seats.delete(log.args.provider);
    }
    return [...seats].sort((a, b) => a - b);
  }

  /** The request of a task, from the event of its post; undefined when there is none. */
  async posted(
    taskId: Hash,
    fromBlock: number,
  ): Promise<{ readonly request: Request; readonly block: number } | undefined> {
    const [log] = await this.#client.getContractEvents({
      address: this.#market,
      abi: decoMarketAbi,
      eventName: "TaskPosted",
      args: { taskId },
      fromBlock: BigInt(fromBlock),
      strict: true,
    });
    return log && { request: log.args.request, block: Number(log.blockNumber) };
  }

  /** The endpoint that the provider described last; undefined before the first time. */
  async describedEndpoint(provider: number, fromBlock: number): Promise<string | undefined> {
    const logs = await this.#client.getContractEvents({
      address: this.#market,
      abi: decoMarketAbi,
      eventName: "ProviderDescribed",
      args: { provider },
      fromBlock: BigInt(fromBlock),
      strict: true,
    });
    return logs.at(-1)?.args.endpoint;
  }

  #call(options: ReadOptions) {
    return {
      client: options.client ?? this.#client,
      at: {
        address: this.#market,
        ...(options.block !== undefined && { blockNumber: BigInt(options.block) }),
      },
    };
  }

  async #readTerms(version: number): Promise<Terms> {
    this.#parameters ??= this.#address("parameters");
    const terms = await this.#client.readContract({
      address: await this.#parameters,
      abi: decoParametersAbi,
      functionName: "taskParameters",
      args: [version],
    });
    return { settleWindow: terms.settleWindow, declineGrace: terms.declineGrace };
  }

  #randomnessAddress(): Promise<Address> {
    this.#randomness ??= this.#address("randomness");
    return this.#randomness;
  }

  #address(functionName: "parameters" | "randomness"): Promise<Address> {
    return this.#client.readContract({
      address: this.#market,
      abi: decoMarketAbi,
      functionName,
    });
  }
}

function revertedWith(error: unknown): string | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  return reverted instanceof ContractFunctionRevertedError ? reverted.data?.errorName : undefined;
}
