import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createLogger, openRunner } from "@deco-network/executor";
import {
  bondOf,
  encodeDocument,
  eventsNamed,
  inputSchema,
  type MarketEvent,
  programSchema,
  type Request,
} from "@deco-network/sdk";
import { openStorage, type Storage } from "@deco-network/storage";
import { type Hex, isAddressEqual, zeroHash } from "viem";
import { getBlockNumber } from "viem/actions";

import { acceptedTask, operatorOf, voteFor } from "../../../../test/sdk/support/accepted-task.ts";
import {
  digestOf,
  type MarketNetwork,
  requestFor,
  startMarketNetwork,
} from "../../../../test/sdk/support/market-network.ts";
import { BlockTicker } from "../../../../test/support/crash/block-ticker.ts";
import type { Stage as CrashStage } from "../../../../test/support/crash/campaign.ts";
import { type Play, pause } from "../../../../test/support/crash/drive.ts";
import { type Life, startLife } from "../../../../test/support/crash/life.ts";
import type { Point } from "../../../../test/support/crash/point.ts";
import { tinyModule } from "../../../executor/test/support/tiny-module.ts";
import { Journal } from "../../src/journal/journal.ts";
import type { Appeal } from "../../src/journal/rows.ts";
import type { Scenario } from "./scenarios.ts";

const SCRIPT = fileURLToPath(new URL("crash-process.ts", import.meta.url));
/** Account of the auditor; none of the providers' that vote. */
const AUDITOR = 12;
const BLOCK_MILLIS = 500;

/** What the process under test is given. */
export interface SubjectConfig {
  readonly rpcUrl: string;
  readonly deployment: MarketNetwork["devnet"]["deployment"];
  readonly privateKey: string;
  readonly folder: string;
  /** Base units. */
  readonly budget: string;
  readonly peers: readonly string[];
}

export interface StagedTask {
  readonly taskId: Hex;
  readonly request: Request;
}

export type StagedTasks = readonly [StagedTask, ...StagedTask[]];

/** One chain with voters that do as they are told, and the auditor that is killed again and again. */
export class Stage implements CrashStage<Scenario> {
  readonly network: MarketNetwork;
  /** What running the program gives. */
  readonly truth: Hex;
  readonly lie = digestOf("a lie");
  readonly blocks: BlockTicker;
  readonly #storage: Storage;
  readonly #content: Pick<Request, "program" | "input">;
  readonly #home: string;
  readonly #told = new Map<Hex, Set<string>>();
  #life: Life | undefined;
  #folders = 0;
  #startBlock = 0;
  #trouble = "none";
  #onSent: (call: string) => void = () => undefined;

  private constructor(
    network: MarketNetwork,
    storage: Storage,
    content: Pick<Request, "program" | "input">,
    home: string,
    truth: Hex,
  ) {
    this.network = network;
    this.#storage = storage;
    this.#content = content;
    this.#home = home;
    this.truth = truth;
    this.blocks = new BlockTicker(() => this.node("evm_mine", []), BLOCK_MILLIS);
  }

  static async open(): Promise<Stage> {
    const network = await startMarketNetwork(AUDITOR);
    const storage = await openStorage();
    const home = await mkdtemp(join(tmpdir(), "deco-crash-auditor-"));
    const content = await publish(storage);
    const request = await requestFor(network, content);
    const never = new AbortController().signal;
    const folder = join(home, "truth");
    const runner = await openRunner({ storage, folder, logger: createLogger("silent") }, never);
    const ran = await runner.runItem({ task: zeroHash, round: 0 }, request, 0, never);
    await runner.close();
    if (ran.kind !== "completed") throw new RangeError(`the program does not run: ${ran.detail}`);
    return new Stage(network, storage, content, home, ran.result.digest);
  }

  get #auditor() {
    return operatorOf(this.network, AUDITOR);
  }

  get #folder(): string {
    return join(this.#home, `subject-${this.#folders}`);
  }

  /** What the subject has written or said of a task. */
  told(task: Hex): ReadonlySet<string> {
    return this.#told.get(task) ?? new Set();
  }

  play(scenario: Scenario): Play {
    let staged: StagedTasks | undefined;
    const tasks = () => {
      if (staged === undefined) throw new RangeError("it has not begun");
      return staged;
    };
    return {
      name: scenario.name,
      enter: async (arm) => {
        await this.#renew();
        return await this.#start(scenario, arm);
      },
      begin: async () => {
        await this.#life?.ready;
        await this.#instantly(async () => {
          staged = await scenario.begin(this);
        });
        const once = new Set<string>();
        this.#onSent = (call) => {
          if (!once.has(call)) scenario.onFirst?.(this, tasks(), call);
          once.add(call);
        };
      },
      steer: async (signal) => await scenario.steer?.(this, tasks(), signal),
      restart: async (arm) => {
        const life = await this.#start(scenario, arm);
        void this.blocks.pauseFor(life);
        return life;
      },
      isOver: async () =>
        tasks().every(({ taskId }) => scenario.ends.some((end) => this.told(taskId).has(end))),
      stand: () => {
        const last = tasks().map(({ taskId }) => [...this.told(taskId)].slice(-4).join(", "));
        return `${last.join("; ")}; last trouble: ${this.#trouble}`;
      },
      loss: async () => {
        await this.end();
        this.#onSent = () => undefined;
        this.blocks.resume();
        return await scenario.loss(this, tasks());
      },
    };
  }

  /** A task whose result was accepted, and may still be appealed. */
  async accepted(result: Hex, terms: Partial<Request> = {}): Promise<StagedTask> {
    return await acceptedTask(this.network, result, { ...this.#content, ...terms });
  }

  async bond(request: Request): Promise<bigint> {
    const { task: terms } = await this.network.reader.getParameters();
    return bondOf(request, terms);
  }

  async events({ taskId }: StagedTask): Promise<readonly MarketEvent[]> {
    return await this.network.reader.getTaskEvents({ taskId });
  }

  /** Number of the appeal's dispute, once it is on the chain. */
  async appealed(task: StagedTask, signal: AbortSignal): Promise<number | undefined> {
    return await this.until(signal, async () => {
      const own = (await this.ownDisputes(task)).at(0);
      return own?.args.index;
    });
  }

  async ownDisputes(task: StagedTask) {
    return eventsNamed(await this.events(task), "DisputeOpened").filter(({ args }) =>
      isAddressEqual(args.claimant, this.#auditor.address),
    );
  }

  /** What the auditor got back of its bonds, and beyond. */
  async resolved(task: StagedTask) {
    const ends = eventsNamed(await this.events(task), "BondResolved").filter(({ args }) =>
      isAddressEqual(args.account, this.#auditor.address),
    );
    return ends.map(({ args: { returned, awarded } }) => ({ returned, awarded }));
  }

  /** Has three judges of a first panel vote. */
  async vote({ request }: StagedTask, panelId: Hex, result: Hex): Promise<readonly number[]> {
    const judges = [4, 5, 6];
    await this.#instantly(async () => {
      await this.network.pass(1);
      await this.network.pass(1);
      await voteFor(this.network, panelId, request, judges, result, (p) =>
        operatorOf(this.network, p).claimPanel({ request, index: 0 }),
      );
    });
    return judges;
  }

  async pass(seconds: number): Promise<void> {
    await this.#instantly(() => this.network.pass(seconds));
  }

  async node(method: string, params: readonly unknown[]): Promise<void> {
    const request = this.network.client.request as (call: object) => Promise<unknown>;
    await request({ method, params });
  }

  /** Its appeals, as its journal has them; the subject has ended. */
  appeals(): Appeal[] {
    const { chainId, market } = this.network.devnet.deployment;
    const identity = { chainId, market, account: this.#auditor.address };
    const journal = new Journal(join(this.#folder, "journal.sqlite"), identity);
    try {
      return journal.appeals();
    } finally {
      journal.close();
    }
  }

  /** Looks until there is something to see, or it is over. */
  async until<T>(signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T | undefined> {
    while (!signal.aborted) {
      const found = await look();
      if (found !== undefined) return found;
      await pause(100);
    }
    return undefined;
  }

  async end(): Promise<void> {
    await this.#life?.kill().catch(() => undefined);
    this.#life = undefined;
  }

  async close(): Promise<void> {
    await this.end();
    await this.blocks.stop();
    await this.#storage.close();
    await this.network.stop();
    await rm(this.#home, { recursive: true, force: true });
  }

  /** What others do has its block at once; what the auditor sends lies about before it is included. */
  async #instantly(work: () => Promise<unknown>): Promise<void> {
    await this.node("evm_setAutomine", [true]);
    await work();
    await this.node("evm_setAutomine", [false]);
  }

  /** An empty folder, no allowance, nothing in the market: as for an auditor's first appeal. */
  async #renew(): Promise<void> {
    await this.end();
    this.#folders++;
    const { token } = this.network.devnet.addresses;
    await this.#instantly(async () => {
      const { address: account } = this.#auditor;
      await this.#auditor.approve({ token, amount: 0n });
      const amount = await this.network.reader.getMarketBalance({ token, account });
      if (amount > 0n) await this.#auditor.withdraw({ token, amount, to: account });
    });
    // What earlier scenarios left is none of its business.
    this.#startBlock = Number(await getBlockNumber(this.network.client)) + 1;
  }

  async #start(scenario: Scenario, arm: Point | undefined): Promise<Life> {
    const { rpcUrl, deployment, accounts } = this.network.devnet;
    const config: SubjectConfig = {
      ...{ rpcUrl, deployment: { ...deployment, startBlock: this.#startBlock } },
      privateKey: accounts[AUDITOR]?.privateKey ?? "0x",
      folder: this.#folder,
      budget: String(scenario.budget),
      peers: this.#storage.addresses(),
    };
    const file = join(this.#home, "subject.json");
    await writeFile(file, JSON.stringify(config));
    this.#life = startLife({
      ...{ script: SCRIPT, args: [file], arm },
      onTold: (line) => {
        const { task, did, said, reason, sent, trouble } = line as Partial<Record<string, string>>;
        if (sent !== undefined) this.#onSent(sent);
        if (trouble !== undefined) this.#trouble = trouble;
        if (task === undefined) return;
        const word = did ?? (reason === undefined ? said : `${said} ${reason}`);
        this.#told.set(task as Hex, new Set([...this.told(task as Hex), word ?? ""]));
      },
    });
    return this.#life;
  }
}

async function publish(storage: Storage): Promise<Pick<Request, "program" | "input">> {
  const visibility = "public" as const;
  const module = await storage.addBytes(tinyModule(), { visibility });
  const program = encodeDocument(programSchema, {
    ...{ deco: "program/1", engine: "wasm", module: module.cid, command: ["tiny"] },
    env: { GREETING: "hello" },
    limits: {
      ...{ memoryBytes: 2 ** 20, outputBytes: 2 ** 20, stdoutBytes: 2 ** 16 },
      ...{ wallSeconds: 30, fuel: "100000000" },
    },
    ...{ network: "none", stdout: true },
  });
  const input = encodeDocument(inputSchema, { deco: "input/1" });
  return {
    program: (await storage.addDocument(program, { visibility })).digest,
    input: (await storage.addDocument(input, { visibility })).digest,
  };
}
