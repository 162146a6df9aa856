import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Devnet, startDevnet } from "@deco-network/devnet";
import { parseDeployment } from "@deco-network/sdk";
import { type ChainFacts, chainFactsOf } from "@deco-network/sdk/chains";
import { createPublicClient, type Hex, http } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Deployed, deployMarket } from "../../scripts/deploy/deploy.ts";
import { requireAll, same } from "../../scripts/deploy/inspect/check.ts";
import { inspectMarket } from "../../scripts/deploy/inspect/inspect-market.ts";
import { inspectTimelock } from "../../scripts/deploy/inspect/inspect-timelock.ts";
import { recordPath, writeRecord } from "../../scripts/deploy/record.ts";
import { exampleSettings, loadSettings } from "../../scripts/deploy/settings.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";
import { buildContracts } from "../../scripts/solidity/build.ts";

/**
 * A deployment on a node that calls itself Sepolia, and an explorer that keeps what it is given. The explorer's word is then
 * tested: its standard JSON input must compile to what is on the chain.
 */
const settings = await loadSettings(exampleSettings);
const UNSEEN = "Unable to locate ContractCode at this address";
const questions = new Set<string>();
const sources = new Map<string, { input: CompilerInput; name: string; version: string }>();

interface CompilerInput {
  readonly language: string;
  readonly sources: Readonly<Record<string, { readonly content: string }>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

let folder: string;
let devnet: Devnet;
let explorer: Server;
let chain: ChainFacts;
let deployed: Deployed;

beforeAll(async () => {
  expect((await buildContracts()).code).toBe(0);
  folder = await mkdtemp(join(tmpdir(), "deco-deploy-"));
  devnet = await startDevnet({ accounts: 1, chainId: 11_155_111, blockSeconds: 0.1 });
  explorer = startExplorer();
  await new Promise<void>((resolve) => explorer.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(explorer.address() as AddressInfo).port}`;
  const sepolia = chainFactsOf("sepolia") ?? expect.unreachable("sepolia");
  const explorerFacts = { name: "Fake", url, apiUrl: `${url}/v2/api`, pollMillis: 1 };
  chain = { ...sepolia, confirmations: 2, explorer: explorerFacts };
  deployed = await deployMarket(chain, settings, {
    ...{ kind: "node", rpcUrl: devnet.rpcUrl, key: devnet.deployer.privateKey },
    ...{ journals: folder, explorerKey: "a key" },
  });
}, 600_000);

afterAll(async () => {
  explorer?.close();
  await devnet?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Answers as Etherscan's API does: not verified yet, queued, passed. */
function startExplorer(): Server {
  return createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const query = new URL(request.url ?? "/", "http://explorer").searchParams;
      const form = new URLSearchParams(body);
      const action = query.get("action");
      // The first answer to each question is that it is too early.
      const asked = `${action} ${form.get("contractaddress") ?? query.get("guid")}`;
      let result: unknown = "Pass - Verified";
      if (action === "verifysourcecode") {
        const address = String(form.get("contractaddress")).toLowerCase();
        sources.set(address, {
          input: JSON.parse(form.get("sourceCode") ?? "{}") as CompilerInput,
          name: form.get("contractname") ?? "",
          version: form.get("compilerversion") ?? "",
        });
        result = `guid-${address}`;
      }
      if (!questions.has(asked))
        result = action === "verifysourcecode" ? UNSEEN : "Pending in queue";
      questions.add(asked);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "1", message: "OK", result }));
    });
  });
}

test("leaves a record that the SDK reads, and a journal to go on from", async () => {
  const path = recordPath(chain.id, folder);
  await writeRecord(path, deployed.record);
  const record = parseDeployment(deployed.record);
  expect(record).toMatchObject({ chainId: 11_155_111, randomnessKind: "prevrandao" });
  expect(await readdir(join(folder, "deployments"))).toEqual(["chain-11155111"]);
});

test("run again, it finds everything done", async () => {
  const client = createPublicClient({ transport: http(devnet.rpcUrl) });
  const address = devnet.deployer.address;
  const before = await client.getTransactionCount({ address });
  const again = await deployMarket(chain, settings, {
    ...{ kind: "node", rpcUrl: devnet.rpcUrl, key: devnet.deployer.privateKey, journals: folder },
  });
  expect(again.addresses).toEqual(deployed.addresses);
  expect(await client.getTransactionCount({ address })).toBe(before);
});

test("another's eyes see what is not as it was meant", async () => {
  const client = createPublicClient({ transport: http(devnet.rpcUrl) });
  const problemsOf = (checks: readonly { name: string; problem?: string }[]) =>
    checks.flatMap(({ name, problem }) => (problem === undefined ? [] : [name]));
  const { addresses } = deployed;
  const other = devnet.deployer.address;

  const roles = { ...settings, proposers: [other], delaySeconds: 1 };
  expect(problemsOf(await inspectTimelock(client, addresses.timelock, roles))).toEqual([
    "timelock's proposer",
    "timelock's canceller",
    "timelock's delay",
  ]);
  const [deco] = settings.tokens;
  if (deco === undefined) expect.unreachable("the example lists DECO");
  const values = {
    ...settings,
    treasury: other,
    supplyReceiver: other,
    task: { ...settings.task, epoch: 1 },
    tokens: [{ ...deco, lockRate: 1n }],
  };
  expect(problemsOf(await inspectMarket(client, addresses, values))).toEqual([
    "treasury",
    "task parameters",
    "listing of DECO",
    "DECO of its receiver",
  ]);
  // The devnet's own parameters belong to its deployer.
  const strangers = { ...addresses, parameters: devnet.addresses.parameters };
  const problems = problemsOf(await inspectMarket(client, strangers, settings));
  expect(problems).toContain("owner of the parameters");
  expect(problems).toContain("market's parameters");
  expect(() => requireAll([same("a", 1, 2)])).toThrow(ToolError);
});

test("the explorer got standard JSON input that compiles to the code on the chain", async () => {
  expect([...sources.keys()].sort()).toEqual(
    deployed.contracts.map(({ address }) => address.toLowerCase()).sort(),
  );
  const require = createRequire(import.meta.url);
  const solc = require("solc") as { compile(input: string): string; version(): string };
  const client = createPublicClient({ transport: http(devnet.rpcUrl) });
  // The small ones: each of the market's parts takes most of a minute, and their input is of the same making.
  for (const name of ["DecoToken", "TimelockController", "PrevrandaoRandomness"]) {
    const contract = deployed.contracts.find((one) => one.name === name);
    const given = sources.get(contract?.address.toLowerCase() ?? "");
    if (contract === undefined || given === undefined) expect.unreachable(name);
    expect(given.version.slice(1)).toBe(solc.version().replace(/\.Emscripten.*/, ""));
    const [file, symbol] = splitName(given.name);
    const input = {
      ...given.input,
      settings: {
        ...given.input.settings,
        outputSelection: { [file]: { [symbol]: ["evm.deployedBytecode"] } },
      },
    };
    const output = JSON.parse(solc.compile(JSON.stringify(input))) as CompilerOutput;
    const compiled = output.contracts[file]?.[symbol]?.evm.deployedBytecode;
    if (compiled === undefined) expect.unreachable(`${name} does not compile`);
    const code = await client.getCode({ address: contract.address });
    expect(masked(code ?? "0x", compiled)).toBe(masked(`0x${compiled.object}`, compiled));
  }
}, 300_000);

interface CompiledCode {
  readonly object: string;
  readonly immutableReferences: Readonly<Record<string, { start: number; length: number }[]>>;
}

interface CompilerOutput {
  readonly contracts: Readonly<
    Record<string, Record<string, { evm: { deployedBytecode: CompiledCode } }>>
  >;
}

function splitName(name: string): [string, string] {
  const at = name.lastIndexOf(":");
  return [name.slice(0, at), name.slice(at + 1)];
}

function masked(hex: Hex, { immutableReferences }: CompiledCode): string {
  const bytes = Buffer.from(hex.slice(2), "hex");
  for (const { start, length } of Object.values(immutableReferences).flat()) {
    bytes.fill(0, start, start + length);
  }
  return bytes.toString("hex");
}
