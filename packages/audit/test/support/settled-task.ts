import { type Devnet, startDevnet } from "@deco-network/devnet";
import {
  bagResultOf,
  bagSchema,
  bagTree,
  commitmentOf,
  type DecoDeployment,
  documentDigest,
  encodeDocument,
  inputSchema,
  programSchema,
  type ReceiptDocument,
  type Request,
  receiptTypedData,
  resultSchema,
  saltOf,
  signedReceiptSchema,
  tagOf,
} from "@deco-network/sdk";
import {
  approve,
  claim,
  commit,
  getProvider,
  post,
  register,
  reveal,
  settle,
} from "@deco-network/sdk/actions";
import { hashBytes } from "@deco-network/storage";
import {
  concat,
  createPublicClient,
  createWalletClient,
  type Hex,
  hexToBytes,
  http,
  parseEther,
  zeroAddress,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

const STAKE = parseEther("5000");
const ITEMS = 3;
const HONEST = 3;
const AUTHOR = "0x00000000000000000000000000000000000a0701";
const COLLECTOR = "0x00000000000000000000000000000000000da7a1";
const ANY_CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

/** A bag that three providers settled against one liar, with the content that it names. */
export interface SettledTask {
  readonly rpcUrl: string;
  readonly deployment: DecoDeployment;
  readonly taskId: Hex;
  readonly request: Request;
  /** Documents by digest, files by CID. */
  readonly documents: Map<Hex, Uint8Array>;
  readonly files: Map<string, Uint8Array>;
  /** Digests of the accepted item results. */
  readonly items: readonly Hex[];
  readonly manifest: Hex;
  /** What agreeing providers measured, as they serve it, by provider. */
  readonly receipts: ReadonlyMap<number, Uint8Array>;
  stop(): Promise<void>;
}

/** Takes a bag through its whole life on a chain whose clock the test moves. */
export async function settleBag(): Promise<SettledTask> {
  const devnet = await startDevnet({ accounts: HONEST + 2 });
  try {
    return { ...(await settleOn(devnet)), stop: devnet.stop };
  } catch (error) {
    await devnet.stop();
    throw error;
  }
}

async function settleOn(devnet: Devnet): Promise<Omit<SettledTask, "stop">> {
  const { chainId, market, token, parameters, randomness, startBlock } = devnet.deployment;
  const deployment = { chainId, market, token, parameters, randomness, startBlock };
  const transport = http(devnet.rpcUrl);
  const node = createPublicClient({ chain: foundry, transport });
  const ask = (method: string, params: unknown[]) =>
    node.request({ method, params } as unknown as Parameters<typeof node.request>[0]);
  await ask("evm_setIntervalMining", [0]);
  await ask("evm_setAutomine", [true]);
  const pass = async (seconds: number) => {
    await ask("evm_increaseTime", [seconds]);
    await ask("evm_mine", []);
  };
  const clients = devnet.accounts.map(({ privateKey }) =>
    createWalletClient({
      ...{ chain: foundry, transport, account: privateKeyToAccount(privateKey) },
      pollingInterval: 10,
    }),
  );
  const [requester, ...providers] = clients;
  if (!requester) throw new RangeError("The devnet has no accounts.");
  for (const client of clients) {
    await approve(client, { deployment, token, amount: parseEther("100000") });
  }
  for (const client of providers) {
    const operator = client.account.address;
    const identity = { operator, metadata: zeroHash, endpoint: "", stake: STAKE };
    await register(client, { deployment, ...identity });
  }
  await pass(5);

  const content = await contentOf();
  const { timestamp } = await node.getBlock();
  const request = requestOf(requester.account.address, token, content, Number(timestamp));
  const { taskId } = await post(requester, { deployment, request });
  // k = 1.2: every ticket is drawn, and the seats are early.
  await pass(12);
  const truth = bagResultOf(content.root, content.manifest);
  const lie = documentDigest(new TextEncoder().encode("a lie"));
  const seats: { client: (typeof providers)[number]; provider: number; tag: Hex; salt: Hex }[] = [];
  for (const [index, client] of providers.entries()) {
    await claim(client, { deployment, request });
    const provider = index + 1;
    const tag = tagOf(taskId, 1, index < HONEST ? truth : lie);
    const secret = new Uint8Array(32).fill(provider);
    const salt = saltOf({ secret, chainId, market, taskId, round: 1 });
    seats.push({ client, provider, tag, salt });
  }
  for (const { client, provider, tag, salt } of seats) {
    const commitment = commitmentOf({ taskId, round: 1, provider, tag, salt });
    await commit(client, { deployment, taskId, commitment });
  }
  const reveals = seats.map(({ provider, tag, salt }) => ({ taskId, provider, tag, salt }));
  await reveal(requester, { deployment, reveals });
  const opening = { digest: content.manifest, root: content.root, document: "0x" } as const;
  const roster = seats.map(({ provider }) => provider);
  await settle(requester, { deployment, request, roster, opening });
  // A settlement that did not move trust would leave the trust checks nothing to look at.
  const { trust } = await getProvider(requester, { deployment, provider: 1 });
  if (trust !== 11) throw new RangeError(`Trust is ${trust} after an agreeing early seat.`);
  const { documents, files, items, manifest } = content;
  const receipts = new Map<number, Uint8Array>();
  for (const [index, { account }] of providers.slice(0, HONEST).entries()) {
    const receipt = receiptOf(taskId, index + 1, manifest);
    const signature = await account.signTypedData(receiptTypedData({ chainId, market }, receipt));
    receipts.set(
      index + 1,
      encodeDocument(signedReceiptSchema, { deco: "signed-receipt/1", receipt, signature }),
    );
  }
  const { rpcUrl } = devnet;
  return {
    ...{ rpcUrl, deployment, taskId, request, documents, files, items, manifest },
    receipts,
  };
}

function receiptOf(task: Hex, provider: number, result: Hex): ReceiptDocument {
  return {
    ...{ deco: "receipt/1", task, provider, round: 1, result },
    engine: { name: "wasm", version: "1" },
    timings: { fetchMillis: 1, prepareMillis: 2, runMillis: 30 },
    ...{ runs: ITEMS, cpuMillis: 20, peakMemoryBytes: 65_536 },
  };
}

async function contentOf() {
  const documents = new Map<Hex, Uint8Array>();
  const files = new Map<string, Uint8Array>();
  const keep = (bytes: Uint8Array): Hex => {
    const digest = documentDigest(bytes);
    documents.set(digest, bytes);
    return digest;
  };
  const keepFile = async (bytes: Uint8Array): Promise<string> => {
    const { cid } = await hashBytes(bytes);
    files.set(cid, bytes);
    return cid;
  };
  const program = keep(
    encodeDocument(programSchema, {
      ...{ deco: "program/1", engine: "wasm", module: ANY_CID, command: [], env: {} },
      limits: {
        ...{ memoryBytes: 65_536, outputBytes: 100, stdoutBytes: 0, wallSeconds: 1, fuel: "1000" },
      },
      ...{ network: "none", stdout: false },
    }),
  );
  const list = await keepFile(new Uint8Array(32 * ITEMS));
  const input = keep(
    encodeDocument(inputSchema, { deco: "input/1", items: { list, count: ITEMS } }),
  );
  const items = Array.from({ length: ITEMS }, (_, index) =>
    keep(encodeDocument(resultSchema, { deco: "result/1", exitCode: index })),
  );
  const itemList = await keepFile(hexToBytes(concat(items)));
  const manifest = keep(
    encodeDocument(bagSchema, { deco: "bag/1", count: ITEMS, items: itemList }),
  );
  return { documents, files, program, input, items, manifest, root: bagTree(items).root };
}

function requestOf(
  requester: Hex,
  token: Hex,
  { program, input }: { program: Hex; input: Hex },
  now: number,
): Request {
  return {
    ...{ requester, program, input, token, volume: ITEMS, nonce: 7n, expiry: now + 600 },
    ...{ minPrice: parseEther("1"), maxPrice: parseEther("2"), rampSeconds: 60 },
    ...{ settlementFee: parseEther("0.1"), lock: parseEther("100"), dissentBps: 10_000 },
    ...{ replicas: 4, maxReplicas: 8, thresholdBps: 6_000 },
    ...{ minAgreeing: 2, minTrust: 10, minWeight: 0 },
    ...{ claimWindow: 60, commitWindow: 60, revealWindow: 30 },
    ...{ challengeWindow: 0, deliveryWindow: 0, inputWindow: 0, auditBps: 0, panelPrice: 0n },
    ...{ policy: zeroAddress, policyData: zeroHash, allocator: zeroAddress, allocatorWindow: 0 },
    ...{ callback: zeroAddress, callbackGas: 0 },
    ...{ programOwner: AUTHOR, programBps: 500, dataOwner: COLLECTOR, dataBps: 33 },
  };
}
