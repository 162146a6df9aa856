import { awaitTask } from "@deco-network/requester";
import {
  assignedSeatsOf,
  compactSignature,
  decoMarketAbi,
  type Fold,
  type Match,
  type Request,
  type SignedTaskOffer,
  taskIdOf,
} from "@deco-network/sdk";
import {
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  parseEther,
  publicActions,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "./support/code-of.ts";
import {
  ballot,
  digestOf,
  type MarketNetwork,
  operatorOf,
  requestFor,
  startMarketNetwork,
} from "./support/market-network.ts";

/** On the ramp, and on none of its steps. */
const PRICE = parseEther("1.234567");
const RESULT = digestOf("a result");
const OPENING = { digest: RESULT, root: zeroHash, document: "0x" } as const;
const SEATED = [1, 2] as const;
/** As many as two replicas and both of the local market's panels need. */
const PROVIDERS = 10;

let network: MarketNetwork;

beforeAll(async () => {
  network = await startMarketNetwork(PROVIDERS);
  const { token } = network.devnet.addresses;
  await network.requester.deposit({ token, amount: parseEther("2000") });
  await network.pass(5);
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

/** The last operator has no part in the tasks but to allocate, and another to relay. */
const party = (provider: number) => operatorOf(network, provider);
const allocator = () => party(4);
const relayer = () => party(3);
const domain = () => network.devnet.deployment;

let nonce = 0n;
async function signable(changes: Partial<Request> = {}): Promise<Request> {
  nonce += 1n;
  const seats = { replicas: 2, maxReplicas: 4, allocator: allocator().address, nonce };
  return await requestFor(network, { ...seats, allocatorWindow: 60, ...changes });
}

async function signed(request: Request, providers: readonly number[] = SEATED): Promise<Match> {
  const taskId = taskIdOf(domain(), request);
  const expiry = (await network.now()) + 300;
  const taskSeats = await Promise.all(
    providers.map(async (provider): Promise<SignedTaskOffer> => {
      const { offerEpoch: epoch } = await network.reader.getProvider({ provider });
      const offer = { taskId, provider, price: PRICE, expiry, epoch };
      return { offer, signature: await party(provider).signTaskOffer({ offer }) };
    }),
  );
  const seats = assignedSeatsOf({ taskSeats });
  return {
    ...{ request, taskSeats },
    signature: await network.requester.signRequest({ request }),
    assignment: await allocator().signAssignment({ assignment: { taskId, round: 1, seats } }),
  };
}

interface Opened {
  readonly request: Request;
  readonly taskId: Hex;
  readonly fold: Fold;
}

async function open(changes: Partial<Request> = {}): Promise<Opened> {
  const request = await signable(changes);
  const { taskId, fold } = await relayer().openAndFold(await signed(request));
  return { request, taskId, fold };
}

const ballotOf = (taskId: Hex, provider: number, result: Hex = RESULT) =>
  ballot(network, { taskId, round: 1, provider, result });

async function sealed(taskId: Hex, provider: number, result: Hex = RESULT) {
  const { commitment } = ballotOf(taskId, provider, result);
  const signature = await party(provider).signCommitment({ taskId, round: 1, commitment });
  return { commitment, signature };
}

/** Brings everybody's commitment; the seats vote for these results. */
async function commit(
  { taskId, fold }: Opened,
  results: readonly Hex[] = [RESULT, RESULT],
): Promise<Fold> {
  const commitments = await Promise.all(
    SEATED.map((provider, i) => sealed(taskId, provider, results[i])),
  );
  await relayer().commitFolded({ taskId, fold, commitments });
  return (await network.reader.getFold({ taskId })) ?? expect.unreachable("not folded");
}

const saltsOf = (taskId: Hex) => SEATED.map((p) => ballotOf(taskId, p).reveal.salt);

async function seatOf(taskId: Hex, provider: number) {
  return (await network.reader.getSeat({ taskId, provider })).status;
}

/** What is left of a task on the accounts of those who had a part in it. */
async function accounts() {
  const { token } = domain();
  const [balance, ...providers] = await Promise.all([
    network.reader.getMarketBalance({ token, account: network.requester.address }),
    ...SEATED.map(async (provider) => {
      const { trust, locked, free } = await network.reader.getProvider({ provider });
      return { earned: await network.reader.getEarnings({ token, provider }), trust, locked, free };
    }),
  ]);
  return { balance, providers };
}

describe("a folded task", () => {
  test("is executing, then revealing, with its seats, and is settled like any other", async () => {
    const opened = await open();
    const { taskId, fold, request } = opened;
    expect(await network.reader.getFold({ taskId })).toEqual(fold);
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "executing", folded: true, round: 1, seats: 2, taken: 2, committed: 0 },
      ...{ commitWindow: request.commitWindow, phaseAt: await network.now() },
    });
    expect(await network.reader.getSeat({ taskId, provider: 1 })).toMatchObject({
      ...{ status: "taken", round: 1, early: false, trust: 10 },
    });
    expect(await seatOf(taskId, 3)).toBe("none");

    const committed = await commit(opened);
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "revealing", folded: true, committed: 2, phaseAt: await network.now() },
    });
    const { commitment } = ballotOf(taskId, 2);
    expect(await network.reader.getSeat({ taskId, provider: 2 })).toMatchObject({
      ...{ status: "committed", value: commitment.slice(0, 50) },
    });

    const done = await relayer().settleFolded({
      ...{ request, fold: committed, opening: OPENING, salts: saltsOf(taskId) },
    });
    expect(done.result).toBe(RESULT);
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "settled", agreeing: 2 },
    });
    expect(await seatOf(taskId, 1)).toBe("none");
    expect(await network.reader.getFold({ taskId })).toBeUndefined();
  });

  test("pays, releases and refunds as the ordinary way does", async () => {
    const plain = await signable();
    const start = await accounts();
    const { taskId } = await relayer().openAndAssign(await signed(plain));
    for (const provider of SEATED) {
      await party(provider).commit({ taskId, commitment: ballotOf(taskId, provider).commitment });
    }
    await relayer().reveal({ reveals: SEATED.map((p) => ballotOf(taskId, p).reveal) });
    await relayer().settle({ request: plain, roster: [...SEATED], opening: OPENING });
    const between = await accounts();

    const opened = await open();
    const fold = await commit(opened);
    const { request } = opened;
    const salts = saltsOf(opened.taskId);
    await relayer().settleFolded({ request, fold, opening: OPENING, salts });
    const end = await accounts();

    expect(end.balance - between.balance).toBe(between.balance - start.balance);
    for (const i of [0, 1]) {
      const [a, b, c] = [start, between, end].map(({ providers }) => providers[i]);
      if (!a || !b || !c) throw new RangeError("a provider is missing");
      expect(c.earned - b.earned).toBe(b.earned - a.earned);
      expect(c).toMatchObject({ trust: b.trust, locked: b.locked, free: b.free });
    }
  });

  test("is opened only new, with all its seats, by ascending ids, and by its allocator's word", async () => {
    const request = await signable();
    const match = await signed(request);
    const one = { ...match, taskSeats: match.taskSeats?.slice(0, 1) };
    expect(await codeOf(relayer().openAndFold(one))).toBe("RosterIncomplete");
    const swapped = { ...match, taskSeats: match.taskSeats?.toReversed() };
    expect(await codeOf(allocator().openAndFold(swapped))).toBe("InvalidRoster");
    const unsigned = { ...match, assignment: (await signed(await signable())).assignment };
    expect(await codeOf(relayer().openAndFold(unsigned))).toBe("InvalidSignature");
    await relayer().openAndFold(match);
    expect(await codeOf(relayer().openAndFold(match))).toBe("AlreadyPosted");
    expect(await codeOf(relayer().openAndAssign(match))).toBe("WrongStatus");
  });

  test("takes commitments only of all seats, each signed by its operator for this task", async () => {
    const opened = await open();
    const { taskId, fold } = opened;
    const mine = await sealed(taskId, 1);
    const other = await sealed(taskId, 2);
    const bring = (commitments: (typeof mine)[], brought = fold) =>
      codeOf(relayer().commitFolded({ taskId, fold: brought, commitments }));
    expect(await bring([mine])).toBe("RosterIncomplete");
    expect(await bring([other, mine])).toBe("InvalidSignature");
    expect(await bring([mine, { ...other, commitment: digestOf("another") }])).toBe(
      "InvalidSignature",
    );
    expect(await bring([mine, { ...other, commitment: zeroHash }])).toBe("EmptyCommitment");
    expect(await bring([mine, other], { ...fold, task: fold.task + 1n })).toBe("FoldMismatch");
    const shorter = { ...fold, roster: fold.roster.slice(0, 1) };
    expect(await bring([mine, other], shorter)).toBe("FoldMismatch");
    const committed = await commit(opened);
    expect(await bring([mine, other], committed)).toBe("WrongStatus");
    expect(await bring([mine, other])).toBe("FoldMismatch");

    const late = await open();
    await network.pass(31);
    expect(
      await codeOf(
        relayer().commitFolded({
          ...{ taskId: late.taskId, fold: late.fold },
          commitments: [await sealed(late.taskId, 1), await sealed(late.taskId, 2)],
        }),
      ),
    ).toBe("CommitWindowClosed");
  });

  test("is settled at once only by the result that every seat committed to, in time", async () => {
    const opened = await open();
    const { request, taskId } = opened;
    const salts = saltsOf(taskId);
    const settle = (fold: Fold, more: object = {}) =>
      codeOf(relayer().settleFolded({ request, fold, opening: OPENING, salts, ...more }));
    expect(await settle(opened.fold)).toBe("WrongStatus");
    const fold = await commit(opened);
    expect(await settle(opened.fold)).toBe("FoldMismatch");
    expect(await settle(fold, { salts: salts.toReversed() })).toBe("NotAgreed");
    expect(await settle(fold, { salts: salts.slice(0, 1) })).toBe("RosterIncomplete");
    const wrong = { ...OPENING, digest: digestOf("another") };
    expect(await settle(fold, { opening: wrong })).toBe("NotAgreed");
    await network.pass(21);
    expect(await settle(fold)).toBe("RevealWindowClosed");

    const apart = await open();
    const lies = await commit(apart, [RESULT, digestOf("a lie")]);
    const liar = {
      ...{ request: apart.request, fold: lies, opening: OPENING },
      salts: saltsOf(apart.taskId),
    };
    expect(await codeOf(relayer().settleFolded(liar))).toBe("NotAgreed");

    const weighty = await open({ minWeight: 21, maxReplicas: 6 });
    expect(
      await codeOf(
        relayer().settleFolded({
          ...{ request: weighty.request, opening: OPENING, salts: saltsOf(weighty.taskId) },
          fold: await commit(weighty),
        }),
      ),
    ).toBe("ResultNotAccepted");
  });
});

describe("an unfolded task is what it would have been", () => {
  /** What a provider does by itself on a folded task: both calls in one transaction. */
  async function unfoldAnd(provider: number, { taskId, fold }: Opened, call: Hex): Promise<void> {
    const { rpcUrl, accounts, addresses } = network.devnet;
    const account = privateKeyToAccount(accounts[provider]?.privateKey ?? "0x");
    const wallet = createWalletClient({ account, chain: foundry, transport: http(rpcUrl) });
    const abi = decoMarketAbi;
    const args = [taskId, { ...fold, roster: [...fold.roster], seats: [...fold.seats] }] as const;
    const unfold = encodeFunctionData({ abi, functionName: "unfold", args });
    const hash = await wallet.writeContract({
      ...{ address: addresses.market, abi, functionName: "multicall", args: [[unfold, call]] },
    });
    expect((await wallet.extend(publicActions).waitForTransactionReceipt({ hash })).status).toBe(
      "success",
    );
  }

  test("before any commitment: seats commit by themselves, and by relay", async () => {
    const opened = await open();
    const { taskId, fold, request } = opened;
    const { commitment } = ballotOf(taskId, 1);
    const args = [taskId, commitment] as const;
    expect(await codeOf(party(1).commit({ taskId, commitment }))).toBe("WrongStatus");
    const commit = encodeFunctionData({ abi: decoMarketAbi, functionName: "commit", args });
    await unfoldAnd(1, opened, commit);
    expect(await network.reader.getFold({ taskId })).toBeUndefined();
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "executing", folded: false, committed: 1 },
    });
    expect(await codeOf(relayer().unfold({ taskId, fold }))).toBe("FoldMismatch");

    const other = await sealed(taskId, 2);
    const items = [
      { taskId, provider: 1, ...(await sealed(taskId, 1)) },
      { taskId, provider: 3, ...other },
      { taskId, provider: 2, ...other, commitment: zeroHash },
      { taskId, provider: 2, ...other, commitment: digestOf("x") },
    ];
    const none = relayer().commitSigned({ commitments: items });
    expect(await codeOf(none)).toBe("NothingCommitted");
    const done = await relayer().commitSigned({
      commitments: [...items, { taskId, provider: 2, ...other }],
    });
    expect(done.stored).toBe(1);
    expect(done.skipped.map(({ reason }) => reason)).toEqual([
      ...["not-seated", "not-seated", "empty-commitment", "invalid-signature"],
    ]);
    const late = relayer().commitSigned({ commitments: [{ taskId, provider: 2, ...other }] });
    expect(await codeOf(late)).toBe("NothingCommitted");
    const many = Array.from({ length: 65 }, () => ({ taskId, provider: 2, ...other }));
    expect(await codeOf(relayer().commitSigned({ commitments: many }))).toBe("TooManyCommitments");

    const settled = await relayer().settleAgreed({
      ...{ request, roster: [...SEATED], opening: OPENING, salts: saltsOf(taskId) },
    });
    expect(settled.result).toBe(RESULT);
  });

  test("a seat is declined, and the round fills again", async () => {
    const { request, taskId, fold } = await open();
    await relayer().unfold({ taskId, fold });
    await party(2).decline({ request });
    expect(await network.reader.getTask({ taskId })).toMatchObject({ status: "open", taken: 1 });
    expect(await seatOf(taskId, 2)).toBe("declined");
  });

  test("a seat abstains, which opens the reveals of the others", async () => {
    const { taskId, fold } = await open();
    await relayer().unfold({ taskId, fold });
    await party(2).abstain({ taskId, reason: "killed" });
    await party(1).commit({ taskId, commitment: ballotOf(taskId, 1).commitment });
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "revealing", committed: 1, abstained: 1 },
    });
  });

  test("after the commitments: each seat reveals, and settle counts", async () => {
    const opened = await open();
    const { request, taskId } = opened;
    const fold = await commit(opened, [RESULT, digestOf("a lie")]);
    const { reveal } = ballotOf(taskId, 1);
    expect(await codeOf(relayer().reveal({ reveals: [reveal] }))).toBe("NothingRevealed");
    await relayer().unfold({ taskId, fold });
    await relayer().reveal({ reveals: [reveal] });
    expect(await seatOf(taskId, 1)).toBe("revealed");
    const salts = saltsOf(taskId);
    const agreed = relayer().settleAgreed({ request, roster: [1, 2], opening: OPENING, salts });
    expect(await codeOf(agreed)).toBe("NotAllCommitted");
    await relayer().reveal({ reveals: [ballotOf(taskId, 2, digestOf("a lie")).reveal] });
    const settle = relayer().settle({ request, roster: [1, 2], opening: OPENING });
    expect(await codeOf(settle)).toBe("ResultNotAccepted");
  });

  test("after the commit window: nobody committed, and the task expires", async () => {
    const { request, taskId, fold } = await open({ maxReplicas: 2 });
    const closes = request.commitWindow + 1;
    await network.pass(closes);
    const roster = [...SEATED];
    expect(await codeOf(relayer().expire({ request, roster }))).toBe("WrongStatus");
    await relayer().unfold({ taskId, fold });
    await network.pass(request.revealWindow + 121);
    await relayer().expire({ request, roster });
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "ended", reason: "vote-failed" },
    });
  });

  test("a requester whom everybody has left unfolds it to get its money back", async () => {
    const opened = await open({ maxReplicas: 2 });
    const { request, taskId } = opened;
    await network.pass(request.commitWindow + request.revealWindow + 121);
    const { rpcUrl, accounts, deployment } = network.devnet;
    const account = privateKeyToAccount(accounts[0]?.privateKey ?? "0x");
    const client = createWalletClient({ account, chain: foundry, transport: http(rpcUrl) });
    const end = await awaitTask({ client, deployment }, taskId, { rescueAfterBlocks: 0 });
    expect(end).toMatchObject({ stage: "ended", caller: account.address });
    expect(await network.reader.getTask({ taskId })).toMatchObject({ status: "ended" });
  });

  test("results with windows to pass are revealed and settled apart", async () => {
    const panels = { challengeWindow: 600, panelPrice: parseEther("0.1"), minAgreeing: 2 };
    const request = await signable({ ...panels, maxReplicas: 2 });
    const { taskId, fold } = await relayer().openAndFold(await signed(request));
    const committed = await commit({ request, taskId, fold });
    const salts = saltsOf(taskId);
    const settle = { request, fold: committed, opening: OPENING, salts };
    expect(await codeOf(relayer().settleFolded(settle))).toBe("NotFinalAtOnce");
  });
});

test("a signature of 65 bytes is brought in its 64", async () => {
  const { taskId } = await open();
  const { signature } = await sealed(taskId, 1);
  const { r, vs } = compactSignature(signature);
  expect([r.length, vs.length]).toEqual([66, 66]);
});
