import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { awaitTask, type TaskEnd, type TaskStage } from "@deco-network/requester";
import {
  decodeDocument,
  digestToCid,
  encodeDocument,
  inputSchema,
  type ProgramDocument,
  programSchema,
  resultSchema,
} from "@deco-network/sdk";
import { getProvider } from "@deco-network/sdk/actions";
import { createWalletClient, type Hex, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, expect, it } from "vitest";

import {
  BUSYBOX,
  describeWithEngine,
  HOST,
  leftovers,
  script,
} from "../../packages/executor/test/engines/oci/support/container-engine.ts";
import { assemble, program } from "../../packages/executor/test/engines/wasm/support/assemble.ts";
import { TestMarket } from "./support/market.ts";

const LOCK = parseEther("100");
const DECLINE_FEE = LOCK / 200n;
const VISIBLE = { visibility: "public" as const };
const MIB = 1024 ** 2;

/** What the requester is told: how the task ended, and what each seat said before. */
type Told = {
  readonly end: string;
  readonly said: readonly string[];
};

const settled = (fault: string): Told => ({ end: `settled: ${fault}`, said: [] });
const cannotRun = (reason: string): Told => ({ end: "ended: cannot-run", said: [reason, reason] });
/** Every provider saw before it took a seat that nothing could be run: nobody locked anything. */
const unfilled: Told = { end: "ended: unfilled", said: [] };

const wasmLimits = {
  ...{ memoryBytes: 4 * MIB, outputBytes: MIB, stdoutBytes: 65_536 },
  ...{ wallSeconds: 20, fuel: "50000000" },
};

describeWithEngine("a program that misbehaves", () => {
  let market: TestMarket;
  let image: string;
  let stakes: readonly bigint[];

  beforeAll(async () => {
    market = await TestMarket.open(2);
    const { storage } = market.network;
    image = (await storage.addBytes(await readFile(BUSYBOX.archive), VISIBLE)).cid;
    const config = {
      engines: { wasm: true, oci: { host: HOST ?? "" } },
      // Images that are kept for later would hide what is left behind.
      capacity: { tasks: 32, slots: 2, imageCacheBytes: 0 },
      storage: { timeoutMillis: 2_000 },
    };
    await Promise.all([market.start(1, {}, config), market.start(2, {}, config)]);
    stakes = await stakesOf();
  });
  afterAll(() => market.close());

  async function stakesOf(): Promise<bigint[]> {
    const { network } = market;
    const { client, devnet } = network;
    const providers = await Promise.all(
      [1, 2].map((provider) => getProvider(client, { deployment: devnet.deployment, provider })),
    );
    return providers.map(({ stake }) => stake.active);
  }

  /** A CID of content that nobody has. */
  const nowhere = () => digestToCid(`0x${randomBytes(32).toString("hex")}`);

  async function stored(document: ProgramDocument): Promise<Hex> {
    const bytes = encodeDocument(programSchema, document);
    return (await market.network.storage.addDocument(bytes, VISIBLE)).digest;
  }

  async function wasm(
    module: Uint8Array | string,
    limits: Partial<typeof wasmLimits> = {},
  ): Promise<Hex> {
    const { storage } = market.network;
    return await stored({
      ...{ deco: "program/1", engine: "wasm", command: ["x"], env: {}, network: "none" },
      module: typeof module === "string" ? module : (await storage.addBytes(module, VISIBLE)).cid,
      limits: { ...wasmLimits, ...limits },
      stdout: true,
    });
  }

  async function container(
    text: string,
    limits: Parameters<typeof script>[1] = {},
    change: Partial<ReturnType<typeof script>> = {},
  ): Promise<Hex> {
    const document = script(text, { memoryBytes: 16 * MIB, wallSeconds: 20, ...limits });
    return await stored({ ...document, image: { archive: image, id: BUSYBOX.id }, ...change });
  }

  async function post(terms: { program: Hex; input?: Hex }, told: Told): Promise<Hex> {
    // Nobody comes for what cannot run; the others are given the time of a busy machine.
    const claimWindow = told === unfilled ? 8 : 36;
    return await market.network.post({
      terms: {
        ...{ replicas: 2, maxReplicas: 2, minAgreeing: 2, lock: LOCK },
        ...{ claimWindow, rampSeconds: claimWindow, commitWindow: 120, revealWindow: 60 },
        ...terms,
      },
    });
  }

  async function toldOf(task: Hex): Promise<Told> {
    const said: TaskStage[] = [];
    const end = await awaitTask(requesterOf(market), task, {
      rescueAfterBlocks: 2,
      pollMillis: 200,
      onStage: (stage) => said.push(stage),
    });
    for (const stage of said) {
      if (stage.stage === "seat-ended") expect(stage.slashed).toBeLessThanOrEqual(DECLINE_FEE);
    }
    return { end: endOf(end), said: said.flatMap(reasonOf) };
  }

  it("is told to its requester by name, costs no provider its stake, and leaves nothing", async () => {
    const { storage } = market.network;
    const unknownInput = await storage.addDocument(
      encodeDocument(inputSchema, { deco: "input/1", files: nowhere() }),
      VISIBLE,
    );
    const noProgram = await storage.addDocument(Buffer.from("{}"), VISIBLE);
    const fine = await wasm(await assemble(program("")));
    const cases: Record<string, readonly [{ program: Hex; input?: Hex }, Told]> = {
      "a program that is no document": [{ program: noProgram.digest }, unfilled],
      "a program that nobody has": [{ program: `0x${"5".repeat(64)}` }, unfilled],
      "a module that nobody has": [{ program: await wasm(nowhere()) }, unfilled],
      "a module that is none": [{ program: await wasm(Buffer.from("not wasm")) }, unfilled],
      "a module with foreign imports": [
        {
          program: await wasm(
            await assemble(program("(call 0)", '(import "env" "system" (func))')),
          ),
        },
        unfilled,
      ],
      "input that nobody has": [{ program: fine, input: unknownInput.digest }, unfilled],
      "an image of another digest": [
        {
          program: await container(
            "true",
            {},
            {
              image: { archive: image, id: `sha256:${"5".repeat(64)}` },
            },
          ),
        },
        unfilled,
      ],
      "an endless loop": [
        { program: await wasm(await assemble(program("(loop $l (br $l))"))) },
        settled("fuel"),
      ],
      "greed for memory": [
        {
          program: await wasm(
            await assemble(
              program(
                "(if (i32.eq (memory.grow (i32.const 1000)) (i32.const -1)) (then unreachable))",
              ),
            ),
          ),
        },
        settled("memory"),
      ],
      "an endless loop with too much fuel": [
        {
          program: await wasm(await assemble(program("(loop $l (br $l))")), {
            ...{ fuel: "4000000000000000", wallSeconds: 1 },
          }),
        },
        cannotRun("limit-exceeded"),
      ],
      "a container that never ends": [
        { program: await container("busybox sleep 1000", { wallSeconds: 1 }) },
        cannotRun("limit-exceeded"),
      ],
      "a container that takes memory": [
        { program: await container("busybox tail -c 500000000 /dev/zero") },
        cannotRun("limit-exceeded"),
      ],
      "a container that floods its log": [
        { program: await container("busybox yes") },
        cannotRun("limit-exceeded"),
      ],
      "a container that fills its disk": [
        { program: await container("busybox head -c 1048577 /dev/zero > a") },
        cannotRun("limit-exceeded"),
      ],
      "a container without its command": [
        { program: await container("", {}, { command: ["/absent"] }) },
        cannotRun("program-invalid"),
      ],
      "a container that kills itself": [
        { program: await container("kill -9 $$; busybox sh -c 'kill -9 $$'; exit $?") },
        // As the kernel does at the limit of memory: replicas cannot tell one from the other.
        cannotRun("limit-exceeded"),
      ],
      "a container that ends by another signal": [
        { program: await container("busybox sh -c 'kill -6 $$'; exit $?") },
        cannotRun("killed"),
      ],
      "a container that leaves a link": [
        { program: await container("busybox ln -s /etc/passwd link") },
        cannotRun("program-invalid"),
      ],
    };
    const tasks: [string, Hex][] = [];
    // One account posts them all, one after the other.
    for (const [name, [terms, outcome]] of Object.entries(cases)) {
      tasks.push([name, await post(terms, outcome)]);
    }
    const told = await Promise.all(
      tasks.map(async ([name, task]) => [name, await toldOf(task)] as const),
    );
    const expected = Object.entries(cases).map(([name, [, outcome]]) => [name, outcome]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(expected));

    // Only the fee of those who said that they could not is gone.
    const after = await stakesOf();
    const abstained = BigInt(expected.filter(([, outcome]) => isCannotRun(outcome)).length);
    for (const [index, stake] of after.entries()) {
      expect((stakes[index] ?? 0n) - stake).toBeLessThanOrEqual(abstained * DECLINE_FEE);
    }
    await market.stopAll();
    for (const { config } of market.network.providers) {
      const instance = await readFile(join(config.dataFolder, "instance-id"), "utf8");
      expect(await leftovers(instance.trim())).toEqual({ containers: 0, volumes: 0, images: 0 });
      expect(await readdir(join(config.dataFolder, "work"))).toEqual([]);
    }
  }, 180_000);
});

/** The market as the requester reaches it, who may end a stuck task. */
function requesterOf({ network }: TestMarket) {
  const { deployment, accounts, rpcUrl } = network.devnet;
  const account = privateKeyToAccount(accounts[0]?.privateKey ?? "0x");
  const client = createWalletClient({ account, chain: foundry, transport: http(rpcUrl) });
  return { client, deployment };
}

function isCannotRun(outcome: unknown): boolean {
  return (
    typeof outcome === "object" &&
    outcome !== null &&
    "end" in outcome &&
    outcome.end === "ended: cannot-run"
  );
}

function endOf(end: TaskEnd): string {
  if (end.stage === "ended") return `ended: ${end.reason}`;
  const { fault = "none" } = decodeDocument(
    resultSchema,
    Buffer.from(end.document.slice(2), "hex"),
  );
  return `settled: ${fault}`;
}

function reasonOf(stage: TaskStage): string[] {
  return stage.stage === "abstained" ? [stage.reason] : [];
}
