import { encodeBlockHeader } from "@deco-network/sdk";
import type { Hash } from "viem";

import type { Logger } from "../runtime/logger.ts";
import { sleep } from "../runtime/sleep.ts";
import { type EndpointTrouble, RpcFailure } from "./rpc-failure.ts";
import { type RpcCall, rpcRequest } from "./rpc-request.ts";

export interface RpcEndpointOptions {
  readonly url: string;
  readonly chainId: number;
  /** Longest wait for one answer. */
  readonly timeoutMillis: number;
  readonly logger: Logger;
  /** Called when the endpoint can be asked again. */
  readonly onRecovered: () => void;
  /** Whether there is nobody else to ask. */
  readonly isNeeded: () => boolean;
}

/** A block as the node sent it, hashed again. */
export type RawBlock = Readonly<Record<string, unknown>> & { readonly hash: Hash };

const FIRST_REST_MILLIS = 250;
/** What lied once is believed again later than what was merely away. */
const FIRST_REST_OF_LIARS_MILLIS = 5_000;
const LONGEST_REST_MILLIS = 30_000;
/** Where nobody else answers, whoever might is probed this often. */
const NEEDED_REST_MILLIS = 500;
/** An endpoint may ask for more than that, but is not heard. */
const LONGEST_RETRY_AFTER_MILLIS = 600_000;
/** After so many answers the next rest is short again: an endpoint that fails now and then is of use. */
const FORGIVEN_AFTER_ANSWERS = 5;
/** Who lied is forgiven when it has not for so long. */
const LIARS_FORGIVEN_AFTER_MILLIS = 60_000;

/**
 * One JSON-RPC server. Once in trouble it is left alone for a while, longer each time, and then
 * probed in the background: what the executor waits for never serves as the probe.
 */
export class RpcEndpoint {
  /** Host and port: a URL's path may hold a key. */
  readonly name: string;
  readonly #options: RpcEndpointOptions;
  readonly #closed = new AbortController();
  #trouble: EndpointTrouble | undefined;
  /** Rests in a row. */
  #failures = 0;
  #answers = 0;
  #liedAt = Number.NEGATIVE_INFINITY;
  #latest: Promise<RawBlock | undefined> | undefined;
  /** Whether this chain's headers are encoded as Ethereum's, so that a hash can be checked. */
  verifies = true;

  constructor(options: RpcEndpointOptions) {
    this.#options = options;
    this.name = new URL(options.url).host;
  }

  /** Why it is not asked at the moment. */
  get trouble(): EndpointTrouble | undefined {
    return this.#trouble;
  }

  /**
   * Asks, and checks what can be checked.
   * @throws RpcRequestError the node's own answer; RpcFailure, after which it rests
   */
  async request(call: RpcCall): Promise<unknown> {
    try {
      const result = await this.#ask(call);
      if (call.method.startsWith("eth_getBlockBy")) this.#verify(call, result);
      this.#forgive();
      return result;
    } catch (error) {
      if (error instanceof RpcFailure) this.rest(error);
      throw error;
    }
  }

  /** Its newest block; one question at a time. */
  latest(): Promise<RawBlock | undefined> {
    this.#latest ??= this.request({ method: "eth_getBlockByNumber", params: ["latest", false] })
      .then((block) => (block ?? undefined) as RawBlock | undefined)
      .finally(() => {
        this.#latest = undefined;
      });
    return this.#latest;
  }

  /** @throws RpcFailure `endpoint-wrong-chain`, or what kept it from answering */
  async identify(): Promise<void> {
    const { chainId } = this.#options;
    const answer = await this.#ask({ method: "eth_chainId" });
    if (Number(answer) === chainId) return;
    throw new RpcFailure("endpoint-wrong-chain", `It serves chain ${Number(answer)}.`);
  }

  /** Looks at the chain's id again; another one takes the endpoint out. */
  async check(): Promise<void> {
    try {
      await this.identify();
    } catch (error) {
      if (error instanceof RpcFailure) this.rest(error);
    }
  }

  /** Leaves the endpoint alone for a while, then probes it until it answers. */
  rest(failure: RpcFailure): void {
    if (this.#closed.signal.aborted) return;
    // Requests that were under way together fail together.
    if (this.#trouble !== undefined) return;
    this.#answers = 0;
    void this.#recover(failure).catch(() => undefined);
  }

  close(): void {
    this.#closed.abort();
  }

  async #ask(call: RpcCall): Promise<unknown> {
    const { url, timeoutMillis } = this.#options;
    return await rpcRequest(url, call, { timeoutMillis, signal: this.#closed.signal });
  }

  async #recover(first: RpcFailure): Promise<void> {
    const { logger, onRecovered } = this.#options;
    let failure: RpcFailure | undefined = first;
    while (failure) {
      this.#note(failure);
      await this.#sleep(failure);
      this.#failures++;
      failure = await this.identify().then(
        () => undefined,
        (error: unknown) =>
          // A node that refuses to name its chain is as good as none.
          error instanceof RpcFailure
            ? error
            : new RpcFailure("endpoint-failing", String(error), { cause: error }),
      );
    }
    this.#trouble = undefined;
    logger.info(
      { code: "endpoint-recovered", endpoint: this.name },
      "An endpoint of the chain answers again.",
    );
    onRecovered();
  }

  #note(failure: RpcFailure): void {
    if (failure.code === "endpoint-lied") this.#liedAt = performance.now();
    if (this.#trouble === failure.code) return;
    this.#trouble = failure.code;
    this.#options.logger.warn(
      { code: failure.code, endpoint: this.name, err: failure },
      "An endpoint of the chain is not asked for a while.",
    );
  }

  /** Rests; shorter where there is nobody else, unless the endpoint asked for it. */
  async #sleep(failure: RpcFailure): Promise<void> {
    const started = performance.now();
    const whole = this.#restAfter(failure);
    const asked = failure.retryAfterMillis ?? 0;
    for (;;) {
      const { isNeeded } = this.#options;
      const rest = isNeeded() ? Math.max(asked, Math.min(whole, NEEDED_REST_MILLIS)) : whole;
      const left = rest - (performance.now() - started);
      if (left <= 0) return;
      await sleep(Math.min(left, NEEDED_REST_MILLIS), this.#closed.signal);
    }
  }

  #forgive(): void {
    if (this.#failures === 0 || ++this.#answers < FORGIVEN_AFTER_ANSWERS) return;
    if (performance.now() - this.#liedAt > LIARS_FORGIVEN_AFTER_MILLIS) this.#failures = 0;
  }

  #restAfter({ code, retryAfterMillis = 0 }: RpcFailure): number {
    const first = code === "endpoint-lied" ? FIRST_REST_OF_LIARS_MILLIS : FIRST_REST_MILLIS;
    const backoff = Math.min(first * 2 ** Math.min(this.#failures, 10), LONGEST_REST_MILLIS);
    return Math.max(backoff, Math.min(retryAfterMillis, LONGEST_RETRY_AFTER_MILLIS));
  }

  /** @throws RpcFailure `endpoint-lied` when the block is not what it says it is */
  #verify({ method, params }: RpcCall, block: unknown): void {
    if (block === null || block === undefined) return;
    const [wanted] = Array.isArray(params) ? params : [];
    const fields = block as RawBlock;
    const isWanted =
      method === "eth_getBlockByHash"
        ? fields.hash === wanted
        : !/^0x/.test(String(wanted)) || BigInt(String(fields["number"])) === BigInt(wanted);
    if (!isWanted)
      throw new RpcFailure("endpoint-lied", "It sent another block than the one asked for.");
    // Pending blocks have no hash.
    if (wanted === "pending" || !this.verifies) return;
    if (!hashesAsSaid(fields)) {
      throw new RpcFailure("endpoint-lied", `Its block ${fields.hash} does not have that hash.`);
    }
  }
}

/** Whether the header's fields have the hash that comes with them. */
export function hashesAsSaid(block: RawBlock): boolean {
  return encodeBlockHeader(block) !== undefined;
}
