import { type Devnet, startDevnet } from "@deco-network/devnet";
import {
  DecoContractError,
  decoActions,
  decodeContractError,
  parametersCall,
  TIMELOCK_ROLES,
  timelockCall,
  timelockControllerAbi,
  timelockOperation,
  waitForReceipt,
} from "@deco-network/sdk";
import { timelockControllerBytecode } from "@deco-network/sdk/bytecode/timelock-controller";
import {
  createPublicClient,
  createWalletClient,
  getAddress,
  type Hex,
  http,
  toHex,
  zeroAddress,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, expect, test } from "vitest";

const DELAY = 3_600;
let devnet: Devnet;
let timelock: Hex;
let clients: ReturnType<typeof connect>;

function connect() {
  const transport = http(devnet.rpcUrl);
  const options = { chain: foundry, transport, pollingInterval: 20 };
  const [, proposer, stranger] = [devnet.deployer, ...devnet.accounts].map(({ privateKey }) =>
    createWalletClient({ ...options, account: privateKeyToAccount(privateKey) }),
  );
  const owner = createWalletClient({
    ...options,
    account: privateKeyToAccount(devnet.deployer.privateKey),
  });
  if (proposer === undefined || stranger === undefined) throw new RangeError("too few accounts");
  return { reader: createPublicClient(options), owner, proposer, stranger };
}

type Wallet = (typeof clients)["owner"];

beforeAll(async () => {
  devnet = await startDevnet({ accounts: 2 });
  clients = connect();
  await node("evm_setIntervalMining", [0]);
  await node("evm_setAutomine", [true]);
  const hash = await clients.owner.deployContract({
    abi: timelockControllerAbi,
    bytecode: timelockControllerBytecode,
    args: [BigInt(DELAY), [clients.proposer.account.address], [zeroAddress], zeroAddress],
  });
  const receipt = await clients.reader.waitForTransactionReceipt({ hash });
  timelock = receipt.contractAddress ?? expect.unreachable("it was not deployed");
  const { parameters } = devnet.addresses;
  const offer = parametersCall(parameters, "transferOwnership", [timelock]);
  await send(clients.owner, { to: offer.target, data: offer.data });
});

afterAll(async () => {
  await devnet?.stop();
});

function node(method: string, params: unknown[]) {
  return clients.reader.request({ method, params } as unknown as Parameters<
    typeof clients.reader.request
  >[0]);
}

async function send(wallet: Wallet, transaction: { to: Hex; data: Hex }) {
  const hash = await wallet.sendTransaction(transaction);
  const { status } = await waitForReceipt(clients.reader, { hash, pollMillis: 20 });
  expect(status).toBe("success");
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    const decoded = decodeContractError(error);
    if (decoded instanceof DecoContractError) return decoded.code;
    throw error;
  }
  return "none";
}

test("parameters change by an operation that a proposer schedules and anyone executes", async () => {
  const { parameters, token } = devnet.addresses;
  const actions = decoActions({ deployment: devnet.deployment })(clients.reader);
  const now = await actions.getParameters();
  const treasury = getAddress("0x00000000000000000000000000000000000007ea");
  const operation = timelockOperation({
    timelock,
    delay: DELAY,
    salt: toHex("terms of spring", { size: 32 }),
    calls: [
      parametersCall(parameters, "acceptOwnership", []),
      parametersCall(parameters, "setParameters", [{ ...now.task, protocolFeeBps: 77 }, now.post]),
      parametersCall(parameters, "setToken", [token, { ...now.token, minSettlementFee: 9n }]),
      parametersCall(parameters, "setTreasury", [treasury]),
      timelockCall(timelock, "updateDelay", [BigInt(DELAY * 2)]),
      timelockCall(timelock, "grantRole", [TIMELOCK_ROLES.canceller, devnet.deployer.address]),
    ],
  });
  expect(await codeOf(send(clients.stranger, operation.schedule))).toBe(
    "AccessControlUnauthorizedAccount",
  );
  await send(clients.proposer, operation.schedule);
  const contract = { address: timelock, abi: timelockControllerAbi } as const;
  const isPending = {
    ...contract,
    functionName: "isOperationPending",
    args: [operation.id],
  } as const;
  expect(await clients.reader.readContract(isPending)).toBe(true);
  expect(await codeOf(send(clients.stranger, operation.execute))).toBe(
    "TimelockUnexpectedOperationState",
  );
  await node("evm_increaseTime", [DELAY]);
  await node("evm_mine", []);
  await send(clients.stranger, operation.execute);

  const then = await actions.getParameters();
  expect(then).toMatchObject({ version: now.version + 1, treasury });
  expect(then.task).toEqual({ ...now.task, protocolFeeBps: 77 });
  expect(then.token.minSettlementFee).toBe(9n);
  expect(await clients.reader.readContract({ ...contract, functionName: "getMinDelay" })).toBe(
    BigInt(DELAY * 2),
  );
});

test("an operation can be cancelled, and names itself as the timelock does", async () => {
  const { parameters } = devnet.addresses;
  const calls = [parametersCall(parameters, "setTreasury", [devnet.deployer.address])];
  const operation = timelockOperation({ timelock, delay: DELAY * 2, calls });
  await send(clients.proposer, operation.schedule);
  await send(clients.proposer, operation.cancel);
  const isOperation = await clients.reader.readContract({
    ...{ address: timelock, abi: timelockControllerAbi },
    functionName: "isOperation",
    args: [operation.id],
  });
  expect(isOperation).toBe(false);
});
