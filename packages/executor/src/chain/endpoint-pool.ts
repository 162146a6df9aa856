import { RpcRequestError } from "viem";

import { ExecutorError } from "../errors.ts";
import type { Logger } from "../runtime/logger.ts";
import type { RawBlock, RpcEndpoint } from "./rpc-endpoint.ts";
import { type EndpointTrouble, RpcFailure } from "./rpc-failure.ts";
import type { RpcCall } from "./rpc-request.ts";

/** How an endpoint stands, for the operator. */
export interface EndpointStatus {
  readonly endpoint: string;
  readonly trouble: EndpointTrouble | "endpoint-stale" | null;
  /** Its newest block, as it said last. */
  readonly head: number | null;
}

export interface EndpointPoolOptions {
  readonly timeoutMillis: number;
  /** An endpoint whose head stands still for so long, while another's moves on, is stale. */
  readonly staleMillis: number;
  readonly logger: Logger;
  /** Whether a block is on the followed chain; undefined when that cannot be said. */
  readonly isCanonical: (number: number, hash: string) => boolean | undefined;
}

interface Member {
  readonly endpoint: RpcEndpoint;
  head: { readonly number: number; readonly hash: string } | undefined;
  /** When its head was first seen, and the highest head of the others at that time. */
  moved: { readonly at: number; readonly others: number };
  stale: boolean;
}

/** After the first answer about the head the others get so long. */
const LATECOMERS_MILLIS = 750;
/** Blocks behind the others from which an endpoint can be stale. */
const STALE_BLOCKS = 3;
/** Heads without agreement, after which the operator's order decides. */
const PATIENT_HEADS = 10;
/** Chain ids are looked at again so often. */
const IDENTIFY_MILLIS = 15_000;
/** Errors by which a node says that it cannot answer, not that the answer is no. */
const INCAPABLE =
  /header not found|block not found|unknown block|missing trie node|not (available|supported|found)|BlockOutOfRange/i;

/** Several endpoints as one: whichever can be believed answers. */
export class EndpointPool {
  readonly #options: EndpointPoolOptions;
  readonly #members: readonly Member[];
  readonly #waiting = new Set<() => void>();
  /** Number of the head that was believed last. */
  #believed = 0;
  #disagreed = 0;
  #closed = false;
  #identifiedAt = performance.now();

  constructor(endpoints: readonly RpcEndpoint[], options: EndpointPoolOptions) {
    this.#options = options;
    const moved = { at: performance.now(), others: 0 };
    this.#members = endpoints.map((endpoint) => ({
      ...{ endpoint, head: undefined, moved, stale: false },
    }));
  }

  get status(): readonly EndpointStatus[] {
    return this.#members.map(({ endpoint, head, stale }) => ({
      endpoint: endpoint.name,
      trouble: endpoint.trouble ?? (stale ? "endpoint-stale" : null),
      head: head?.number ?? null,
    }));
  }

  /** Those that can be witnesses: they answer and keep up. */
  get witnesses(): readonly RpcEndpoint[] {
    return this.#usable().map(({ endpoint }) => endpoint);
  }

  /** Tells those who wait that an endpoint can be asked again. */
  onRecovered(): void {
    for (const go of this.#waiting) go();
  }

  /**
   * Asks one endpoint after the other; signed transactions go to all.
   * @throws ExecutorError `chain-unreachable`; RpcRequestError, what a node answered
   */
  async request(call: RpcCall): Promise<unknown> {
    const end = performance.now() + 2 * this.#options.timeoutMillis;
    for (;;) {
      const usable = this.#usable(this.#believed);
      if (usable.length > 0) {
        const answer = await this.#try(usable, call);
        if (answer) return answer.result;
      }
      const left = end - performance.now();
      if (left <= 0 || this.#closed) throw unreachable(this.status);
      if (this.#usable().length === 0) await this.#recovery(left);
    }
  }

  /**
   * The chain's newest block that enough endpoints vouch for: both of two, most of several. One
   * alone is believed where the others are in trouble or stale. Undefined where they disagree.
   */
  async latest(): Promise<RawBlock | undefined> {
    if (performance.now() - this.#identifiedAt > IDENTIFY_MILLIS) void this.identify();
    const answers = await this.#heads();
    this.#findStale(answers.map(({ member }) => member));
    const voters = answers.filter(({ member }) => !member.stale);
    const needed = Math.max(Math.floor(voters.length / 2) + 1, Math.min(2, voters.length));
    const sorted = [...voters].sort((a, b) => numberOf(b.block) - numberOf(a.block));
    for (const { block } of sorted) {
      const votes = await Promise.all(voters.map((voter) => this.#vouches(voter, block)));
      if (votes.filter(Boolean).length >= needed) return this.#believe(block);
    }
    if (voters.length === 0) throw unreachable(this.status);
    this.#disagreed++;
    if (this.#disagreed === PATIENT_HEADS) {
      this.#options.logger.error(
        { code: "endpoints-disagree", endpoints: this.status },
        "Endpoints tell of different chains; the first of the configuration is believed.",
      );
    }
    if (this.#disagreed < PATIENT_HEADS) return undefined;
    const first = this.#members.find((member) => voters.some((voter) => voter.member === member));
    return voters.find(({ member }) => member === first)?.block;
  }

  /** Looks at every chain id again: before the executor believes that much has changed. */
  async identify(): Promise<void> {
    this.#identifiedAt = performance.now();
    await Promise.all(this.#usable().map(({ endpoint }) => endpoint.check()));
  }

  close(): void {
    this.#closed = true;
    for (const { endpoint } of this.#members) endpoint.close();
    this.onRecovered();
  }

  /** In the operator's order; those that have the block, if any has. */
  #usable(block = 0): Member[] {
    const well = this.#members.filter(({ endpoint }) => endpoint.trouble === undefined);
    const fresh = well.filter(({ stale }) => !stale);
    const current = fresh.filter(({ head }) => head === undefined || head.number >= block);
    return [current, fresh, well].find((members) => members.length > 0) ?? [];
  }

  /** @returns undefined when all of them failed */
  async #try(
    usable: readonly Member[],
    call: RpcCall,
  ): Promise<{ readonly result: unknown } | undefined> {
    if (call.method === "eth_sendRawTransaction") return await sendToAll(usable, call);
    if (call.method === "eth_getTransactionReceipt") return await this.#receipt(usable, call);
    let refusal: unknown;
    let unknown = false;
    for (const { endpoint } of usable) {
      try {
        const result = await endpoint.request(call);
        // What one does not have another may.
        if (result !== null && result !== undefined) return { result };
        unknown = true;
      } catch (error) {
        if (error instanceof RpcFailure) continue;
        if (!isIncapable(error)) throw error;
        refusal = error;
      }
    }
    if (unknown) return { result: null };
    if (refusal !== undefined) throw refusal;
    return undefined;
  }

  /** A receipt that two endpoints, where there are two, give alike, of a block that is followed. */
  async #receipt(
    usable: readonly Member[],
    call: RpcCall,
  ): Promise<{ readonly result: unknown } | undefined> {
    const { isCanonical, logger } = this.#options;
    const found: Receipt[] = [];
    let asked = 0;
    for (const { endpoint } of usable) {
      try {
        const receipt = readReceipt(await endpoint.request(call), call);
        asked++;
        if (!receipt) continue;
        if (isCanonical(Number(receipt.blockNumber), receipt.blockHash) === false) {
          endpoint.rest(
            new RpcFailure("endpoint-lied", "Its receipt is of no block of the chain."),
          );
          continue;
        }
        const same = found.some((other) => isSame(other, receipt));
        found.push(receipt);
        if (same) return { result: receipt };
      } catch (error) {
        if (error instanceof ReceiptError) {
          endpoint.rest(new RpcFailure("endpoint-lied", error.message));
        } else if (!(error instanceof RpcFailure)) throw error;
      }
    }
    const [only] = found;
    if (only && asked === 1) return { result: only };
    if (found.length > 1) {
      logger.warn(
        { code: "receipt-disputed", transaction: only?.transactionHash },
        "Endpoints tell differently how a transaction ended.",
      );
    }
    return asked > 0 ? { result: null } : undefined;
  }

  async #heads(): Promise<Answer[]> {
    const usable = this.#members.filter(({ endpoint }) => endpoint.trouble === undefined);
    const answers: Answer[] = [];
    const asked = usable.map(async (member) => {
      const block = await member.endpoint.latest().catch(() => undefined);
      if (!block) return;
      this.#note(member, block);
      answers.push({ member, block });
    });
    await Promise.race([Promise.all(asked), firstOf(asked, answers)]);
    return [...answers];
  }

  #note(member: Member, { hash, number }: RawBlock): void {
    if (member.head?.hash === hash) return;
    member.head = { hash, number: Number(number) };
    member.moved = { at: performance.now(), others: this.#highestBut(member) };
  }

  #highestBut(member: Member): number {
    const heads = this.#members.filter((other) => other !== member && !other.endpoint.trouble);
    return Math.max(0, ...heads.map(({ head }) => head?.number ?? 0));
  }

  #findStale(members: readonly Member[]): void {
    const { staleMillis, logger } = this.#options;
    const now = performance.now();
    for (const member of members) {
      const others = this.#highestBut(member);
      const behind = others - (member.head?.number ?? 0) >= STALE_BLOCKS;
      // The others must have moved meanwhile: a number alone is easily invented.
      const left = others - member.moved.others >= STALE_BLOCKS;
      const stale = behind && left && now - member.moved.at >= staleMillis;
      if (stale === member.stale) continue;
      // What was stale is believed again when it has caught up, not when it has moved a little.
      if (!stale && behind) continue;
      member.stale = stale;
      const entry = { endpoint: member.endpoint.name, head: member.head?.number, others };
      if (stale) {
        logger.warn({ code: "endpoint-stale", ...entry }, "An endpoint stays behind the others.");
      } else {
        logger.info({ code: "endpoint-recovered", ...entry }, "An endpoint has caught up.");
      }
    }
  }

  /** Whether the endpoint has this block on its chain. */
  async #vouches({ member, block: own }: Answer, block: RawBlock): Promise<boolean> {
    if (own.hash === block.hash) return true;
    // Nobody has a block beyond its own newest one.
    if (numberOf(block) > numberOf(own)) return false;
    const call = { method: "eth_getBlockByNumber", params: [block["number"], false] };
    const known = await member.endpoint.request(call).catch(() => undefined);
    return (known as RawBlock | undefined)?.hash === block.hash;
  }

  #believe(block: RawBlock): RawBlock {
    this.#disagreed = 0;
    this.#believed = numberOf(block);
    return block;
  }

  async #recovery(millis: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, millis);
      this.#waiting.add(go);
    });
  }
}

interface Answer {
  readonly member: Member;
  readonly block: RawBlock;
}

interface Receipt {
  readonly transactionHash: string;
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly status: string;
}

class ReceiptError extends Error {
  override readonly name = "ReceiptError";
}

function readReceipt(result: unknown, { params }: RpcCall): Receipt | undefined {
  if (result === null || result === undefined) return undefined;
  const receipt = result as Receipt;
  const [wanted] = Array.isArray(params) ? params : [];
  if (receipt.transactionHash === wanted) return receipt;
  throw new ReceiptError("It sent another transaction's receipt.");
}

function isSame(one: Receipt, other: Receipt): boolean {
  return one.blockHash === other.blockHash && one.status === other.status;
}

function isIncapable(error: unknown): boolean {
  if (!(error instanceof RpcRequestError)) return false;
  // -32601 the method, -32603 an inner failure of the node
  return error.code === -32_601 || error.code === -32_603 || INCAPABLE.test(error.details);
}

/** Whoever takes the bytes first answers for all. */
async function sendToAll(
  usable: readonly Member[],
  call: RpcCall,
): Promise<{ readonly result: unknown } | undefined> {
  const attempts = usable.map(({ endpoint }) => endpoint.request(call));
  try {
    return { result: await Promise.any(attempts) };
  } catch (error) {
    const errors = error instanceof AggregateError ? error.errors : [error];
    const refusal = errors.find((one) => !(one instanceof RpcFailure));
    if (refusal !== undefined) throw refusal;
    return undefined;
  }
}

/** Resolves a little after the first answer is there. */
async function firstOf(
  asked: readonly Promise<void>[],
  answers: readonly unknown[],
): Promise<void> {
  await Promise.any(
    asked.map(async (one) => {
      await one;
      if (answers.length === 0) throw new RangeError("no answer");
    }),
  ).catch(() => new Promise<never>(() => undefined));
  await new Promise((resolve) => setTimeout(resolve, LATECOMERS_MILLIS).unref());
}

function numberOf(block: RawBlock): number {
  return Number(block["number"]);
}

function unreachable(endpoints: readonly EndpointStatus[]): ExecutorError {
  const list = endpoints.map(({ endpoint, trouble }) => `${endpoint}: ${trouble}`).join(", ");
  return new ExecutorError("chain-unreachable", `No endpoint of the chain answers (${list}).`, {
    remedy: "Check chain.endpoints and that the nodes are running.",
  });
}
