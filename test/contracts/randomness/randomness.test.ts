import {
  type Abi,
  type Address,
  createWalletClient,
  custom,
  decodeErrorResult,
  encodeAbiParameters,
  type Hex,
  keccak256,
  publicActions,
  type RpcError,
  zeroHash,
} from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Compiled, compile } from "./compile.ts";
import { encodeHeader, type RpcBlock } from "./header.ts";
import { startAnvil, startHardhat, type TestNode } from "./nodes.ts";

let prevrandao: Compiled;
let local: Compiled;

beforeAll(() => {
  prevrandao = compile("contracts/randomness/PrevrandaoRandomness.sol", "PrevrandaoRandomness");
  local = compile("contracts/randomness/LocalRandomness.sol", "LocalRandomness");
}, 120_000);

describe.each([
  ["anvil", startAnvil],
  ["hardhat", startHardhat],
])("randomness on %s", (_name, start) => {
  let node: TestNode;
  let proven: Address;
  let hashed: Address;
  let latest: number;

  beforeAll(async () => {
    node = await start();
    hashed = await deploy(node, local);
    proven = await deploy(node, prevrandao);
    await node.mine(300);
    latest = await blockNumber(node);
  }, 60_000);

  afterAll(() => node.stop());

  it("encodes the header that the node hashed", async () => {
    const block = await getBlock(node, latest);
    expect(keccak256(encodeHeader(block))).toBe(block.hash);
  });

  it("serves a proven header's prevrandao as the seed of the block before it, once for all", async () => {
    const block = await getBlock(node, latest - 3);
    expect(await seed(node, proven, latest - 4)).toBe(zeroHash);
    expect(await lost(node, proven, latest - 4)).toBe(false);
    await prove(node, proven, encodeHeader(block));
    expect(await seed(node, proven, latest - 4)).toBe(block.mixHash);
    expect(await lost(node, proven, latest - 4)).toBe(false);
    expect(await refusal(prove(node, proven, encodeHeader(block)))).toBe("AlreadyProven");
  });

  it("proves a block older than 256 where the chain has a history contract", async () => {
    const old = latest - 290;
    const block = await getBlock(node, old);
    if (node.history > 256) {
      await prove(node, proven, encodeHeader(block));
      expect(await seed(node, proven, old - 1)).toBe(block.mixHash);
    } else {
      expect(await refusal(prove(node, proven, encodeHeader(block)))).toBe("UnknownHeader");
      expect(await lost(node, proven, old - 1)).toBe(true);
    }
  });

  it("refuses another block's randomness under this number", async () => {
    const block = await getBlock(node, latest - 5);
    const forged = encodeHeader({ ...block, mixHash: keccak256("0x01") });
    expect(await refusal(prove(node, proven, forged))).toBe("UnknownHeader");
    const future = encodeHeader({ ...block, number: "0xffffff" });
    expect(await refusal(prove(node, proven, future))).toBe("UnknownHeader");
  });

  it("refuses what is no header by named errors", async () => {
    const header = encodeHeader(await getBlock(node, latest - 6));
    for (const bytes of [
      "0x",
      "0x80",
      header.slice(0, -2) as Hex,
      `${header}00` as Hex,
      header.slice(0, 200) as Hex,
    ] as Hex[]) {
      expect(await refusal(prove(node, proven, bytes))).toBe("RLPInvalidEncoding");
    }
    // An empty list, and a list that ends before the number or before the mix hash.
    for (const bytes of ["0xc0", "0xc3808080"] as Hex[]) {
      expect(await refusal(prove(node, proven, bytes))).toBe("FieldNotPresentInBlockHeader");
    }
  });

  it("counts a block out of reach as lost, and no future one", async () => {
    expect(await lost(node, proven, latest + 50)).toBe(false);
    expect(await lost(node, hashed, latest + 50)).toBe(false);
  });

  it("hashes plain block hashes on local chains, old ones too", async () => {
    for (const number of [latest - 2, latest - (node.history > 256 ? 290 : 200)]) {
      const { hash } = await getBlock(node, number);
      const expected = keccak256(encodeAbiParameters([{ type: "bytes32" }], [hash]));
      expect(await seed(node, hashed, number)).toBe(expected);
      expect(await lost(node, hashed, number)).toBe(false);
    }
    expect(await seed(node, hashed, latest + 50)).toBe(zeroHash);
  });

  it("loses seeds beyond the history window, but keeps proven ones", async () => {
    // 8,191 blocks take anvil minutes; the long window is in BlockHashes.t.sol.
    if (node.history > 256) return;
    const before = await getBlock(node, latest - 7);
    await prove(node, proven, encodeHeader(before));
    await node.mine(node.history + 10);
    expect(await seed(node, proven, latest - 8)).toBe(before.mixHash);
    expect(await lost(node, proven, latest - 8)).toBe(false);
    expect(await lost(node, proven, latest - 9)).toBe(true);
    expect(await lost(node, hashed, latest - 8)).toBe(true);
    expect(await seed(node, hashed, latest - 8)).toBe(zeroHash);
    const late = encodeHeader(await getBlock(node, latest - 8));
    expect(await refusal(prove(node, proven, late))).toBe("UnknownHeader");
  });
});

describe("a block without randomness", () => {
  let node: TestNode;

  beforeAll(async () => {
    node = await startHardhat();
  });

  afterAll(() => node.stop());

  it("counts as lost, once proven", async () => {
    const address = await deploy(node, prevrandao);
    await node.request({ method: "hardhat_setPrevRandao", params: [zeroHash] });
    await node.mine(1);
    const number = await blockNumber(node);
    await node.mine(2);
    const block = await getBlock(node, number);
    expect(block.mixHash).toBe(zeroHash);
    expect(await lost(node, address, number - 1)).toBe(false);
    await prove(node, address, encodeHeader(block));
    expect(await seed(node, address, number - 1)).toBe(zeroHash);
    expect(await lost(node, address, number - 1)).toBe(true);
    expect(await refusal(prove(node, address, encodeHeader(block)))).toBe("AlreadyProven");
  });
});

function wallet(node: TestNode) {
  return createWalletClient({
    transport: custom({ request: node.request }, { retryCount: 0 }),
  }).extend(publicActions);
}

async function deploy(node: TestNode, { abi, bytecode }: Compiled): Promise<Address> {
  const client = wallet(node);
  const [account] = await client.getAddresses();
  const hash = await client.deployContract({
    abi,
    bytecode,
    account: account ?? null,
    chain: null,
    args: [],
  });
  const { contractAddress } = await client.waitForTransactionReceipt({
    hash,
    pollingInterval: 20,
  });
  return contractAddress ?? "0x";
}

async function blockNumber(node: TestNode): Promise<number> {
  return Number(await node.request({ method: "eth_blockNumber" }));
}

async function getBlock(node: TestNode, number: number): Promise<RpcBlock> {
  const params = [`0x${number.toString(16)}`, false];
  return (await node.request({
    method: "eth_getBlockByNumber",
    params,
  })) as RpcBlock;
}

async function read<T>(
  node: TestNode,
  address: Address,
  functionName: string,
  block: number,
): Promise<T> {
  const abi: Abi = local.abi;
  return (await wallet(node).readContract({
    address,
    abi,
    functionName,
    args: [BigInt(block)],
  })) as T;
}

const seed = (node: TestNode, address: Address, block: number) =>
  read<Hex>(node, address, "seed", block);
const lost = (node: TestNode, address: Address, block: number) =>
  read<boolean>(node, address, "lost", block);

/** Simulates, then sends. */
async function prove(node: TestNode, address: Address, header: Hex): Promise<void> {
  const client = wallet(node);
  const [account] = await client.getAddresses();
  const { request } = await client.simulateContract({
    address,
    abi: prevrandao.abi,
    functionName: "prove",
    args: [header],
    account: account ?? null,
  });
  const hash = await client.writeContract({ ...request, chain: null });
  await client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
}

/** Name of the custom error with which a call was refused. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: RpcError) => thrown,
  );
  const data = error?.walk((e) => typeof (e as { raw?: unknown }).raw === "string") as {
    raw?: Hex;
  } | null;
  if (data?.raw === undefined) return `no revert data: ${String(error)}`;
  return decodeErrorResult({ abi: prevrandao.abi, data: data.raw }).errorName;
}
