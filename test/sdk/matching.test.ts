import { auditTask } from "@deco-network/audit";
import {
  assignedSeatsOf,
  escrowOf,
  fractionOfPrice,
  type Match,
  type Offer,
  offerHashOf,
  priceAtFraction,
  type Request,
  type SignedTaskOffer,
  taskIdOf,
} from "@deco-network/sdk";
import { createPublicClient, type Hex, http, parseEther, zeroAddress, zeroHash } from "viem";
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

let network: MarketNetwork;

beforeAll(async () => {
  network = await startMarketNetwork(5);
  const { token } = network.devnet.addresses;
  await network.requester.deposit({ token, amount: parseEther("1000") });
  await network.pass(5);
}, 120_000);

afterAll(async () => {
  await network?.stop();
});

/** The last operator has no part in the tasks but to allocate, and another to relay. */
const party = (provider: number) => operatorOf(network, provider);
const allocator = () => party(5);
const relayer = () => party(4);
const domain = () => network.devnet.deployment;

/** A request for two replicas that names the allocator. */
async function signable(changes: Partial<Request> = {}): Promise<Request> {
  const seats = { replicas: 2, maxReplicas: 4, allocator: allocator().address };
  return await requestFor(network, { ...seats, allocatorWindow: 60, ...changes });
}

async function taskOffer(provider: number, taskId: Hex): Promise<SignedTaskOffer> {
  const { offerEpoch: epoch } = await network.reader.getProvider({ provider });
  const offer = { taskId, provider, price: PRICE, expiry: (await network.now()) + 300, epoch };
  return { offer, signature: await party(provider).signTaskOffer({ offer }) };
}

async function standingOffer(provider: number, changes: Partial<Offer> = {}): Promise<Offer> {
  const { offerEpoch: epoch } = await network.reader.getProvider({ provider });
  return {
    ...{ provider, epoch, taskId: zeroHash, requester: zeroAddress, program: zeroHash },
    ...{ allocator: allocator().address, token: domain().token, price: PRICE },
    ...{ minLock: 0n, maxLock: parseEther("100"), maxVolume: 1, minCommitWindow: 10 },
    ...{ seats: 2, expiry: (await network.now()) + 300, salt: digestOf("salt") },
    ...changes,
  };
}

/** What a relayer needs to open a request and to seat two providers: everyone's signature. */
async function signed(request: Request, providers: readonly number[]): Promise<Match> {
  const taskId = taskIdOf(domain(), request);
  const taskSeats = await Promise.all(providers.map((provider) => taskOffer(provider, taskId)));
  const seats = assignedSeatsOf({ taskSeats });
  return {
    ...{ request, taskSeats },
    signature: await network.requester.signRequest({ request }),
    assignment: await allocator().signAssignment({ assignment: { taskId, round: 1, seats } }),
  };
}

async function settle(request: Request, taskId: Hex, providers: readonly number[]): Promise<void> {
  const votes = providers.map((provider) =>
    ballot(network, { taskId, round: 1, provider, result: RESULT }),
  );
  for (const [i, { commitment }] of votes.entries()) {
    await party(providers[i] ?? 0).commit({ taskId, commitment });
  }
  await relayer().reveal({ reveals: votes.map(({ reveal }) => reveal) });
  const opening = { digest: RESULT, root: zeroHash, document: "0x" } as const;
  await relayer().settle({ request, roster: [...providers], opening });
}

describe("a request, two offers and an assignment, each signed by its party", () => {
  let request: Request;
  let taskId: Hex;

  test("are opened and seated by a relayer, from the requester's balance", async () => {
    request = await signable();
    const { token } = domain();
    const account = network.requester.address;
    const before = await network.reader.getMarketBalance({ token, account });
    const done = await relayer().openAndAssign(await signed(request, [1, 2]));
    taskId = done.taskId;
    expect(done).toMatchObject({ taskId: taskIdOf(domain(), request), opened: true });
    expect(done.seated).toEqual([1, 2]);
    const after = await network.reader.getMarketBalance({ token, account });
    expect(before - after).toBe(escrowOf(request, 0) + parseEther("1"));
    expect(await network.reader.getTask({ taskId })).toMatchObject({ status: "executing" });
    const seat = await network.reader.getSeat({ taskId, provider: 1 });
    expect(seat).toMatchObject({ status: "taken", early: false });
    expect(seat.priceFraction).toBe(fractionOfPrice(request, PRICE));
  });

  test("settle at the price that was offered, and the audit recomputes it", async () => {
    await settle(request, taskId, [1, 2]);
    const { token, market, startBlock, rpcUrl } = network.devnet.deployment;
    const paid = priceAtFraction(request, fractionOfPrice(request, PRICE));
    expect(await network.reader.getEarnings({ token, provider: 1 })).toBe(paid);
    // Rounded up to a position on the ramp.
    expect(paid).toBeGreaterThanOrEqual(PRICE);
    expect(paid).toBeLessThan(PRICE + 10n ** 6n);
    const client = createPublicClient({ transport: http(rpcUrl) });
    const missing = async () => expect.unreachable("no content is asked for");
    const content = { getDocument: missing, readFile: missing };
    const report = await auditTask(
      { ...{ client, market, content }, startBlock: BigInt(startBlock) },
      taskId,
    );
    const wrong = report.checks.filter(
      ({ status, subject }) => status !== "passed" && subject !== "content",
    );
    expect(wrong).toEqual([]);
    const names = report.checks.filter(({ of }) => of === "provider 2").map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["seat-agreed-price", "seat-price", "seat-paid"]));
  });

  test("are refused again, and without any one of them", async () => {
    expect(await codeOf(relayer().openAndAssign(await signed(request, [1, 2])))).toBe(
      "WrongStatus",
    );
    const match = await signed(await signable({ nonce: 1n }), [1, 2]);
    const without = (changes: Partial<Match>) =>
      codeOf(relayer().openAndAssign({ ...match, ...changes }));
    expect(await without({ signature: undefined })).toBe("InvalidSignature");
    expect(await without({ assignment: undefined })).toBe("NotAssigned");
    expect(await without({ signature: match.assignment })).toBe("InvalidSignature");
    const [first, second] = match.taskSeats ?? [];
    if (!first || !second) return expect.unreachable("two seats");
    const swapped = { ...first, signature: second.signature };
    const assignment = match.assignment;
    expect(await without({ taskSeats: [swapped, second], assignment })).toBe("InvalidSignature");
    expect(await without({ taskSeats: [first], assignment })).toBe("InvalidSignature");
  });
});

describe("seats of a task that is open", () => {
  test("are given by the allocator's own call, by standing offers", async () => {
    const request = await signable({ nonce: 2n });
    const signature = await network.requester.signRequest({ request });
    const { taskId } = await relayer().openSigned({ request, signature });
    const offer = await standingOffer(1);
    const offerSeats = [{ offer, signature: await party(1).signOffer({ offer }) }];
    expect(await network.reader.getOfferUse({ offer })).toEqual({ cancelled: false, left: 2 });
    const { seated } = await allocator().assign({ request, offerSeats });
    expect(seated).toEqual([1]);
    expect(await network.reader.getOfferUse({ offer })).toEqual({ cancelled: false, left: 1 });
    // One signature for both forms.
    const taskSeats = [await taskOffer(2, taskId)];
    await network.passTo((await network.now()) + 70);
    expect(await codeOf(allocator().assign({ request, taskSeats }))).toBe("AllocatorWindowClosed");
  });
});

describe("many at once", () => {
  test("open but for the one that is refused, whose reason is told", async () => {
    const requests = await Promise.all([3n, 4n, 5n].map((nonce) => signable({ nonce })));
    const matches = await Promise.all(requests.map((request) => signed(request, [1, 2])));
    const [, bad] = matches;
    const refused = { ...(bad as Match), taskSeats: matches[0]?.taskSeats };
    const done = await relayer().openMany({
      matches: [matches[0] as Match, refused, matches[2] as Match],
    });
    const ids = requests.map((request) => taskIdOf(domain(), request));
    expect(done.opened).toEqual([ids[0], ids[2]]);
    expect(done.seated).toHaveLength(4);
    expect(done.refused).toEqual([{ taskId: ids[1], code: "InvalidSignature" }]);
    expect(await codeOf(relayer().openMany({ matches: [refused] }))).toBe("InvalidSignature");
    expect(await codeOf(relayer().openMany({ matches: [] }))).toBe("TooManyMatches");
  });
});

describe("what was signed", () => {
  test("a requester takes back", async () => {
    const request = await signable({ nonce: 6n });
    const match = await signed(request, [1, 2]);
    expect(await codeOf(relayer().cancelRequest({ request }))).toBe("NotRequester");
    const { taskId } = await network.requester.cancelRequest({ request });
    expect(await network.reader.getTask({ taskId })).toMatchObject({
      ...{ status: "ended", reason: "cancelled" },
    });
    expect(await codeOf(relayer().openAndAssign(match))).toBe("WrongStatus");
    expect(await codeOf(network.requester.post({ request }))).toBe("AlreadyPosted");
  });

  test("a provider takes back, one by one or all at once", async () => {
    const request = await signable({ nonce: 7n });
    const signature = await network.requester.signRequest({ request });
    const offer = await standingOffer(3);
    const offerSeats = [{ offer, signature: await party(3).signOffer({ offer }) }];
    expect(await codeOf(party(2).cancelOffer({ offer }))).toBe("NotProviderOwner");
    const { offerHash } = await party(3).cancelOffer({ offer });
    expect(offerHash).toBe(offerHashOf(domain(), offer));
    expect(await network.reader.getOfferUse({ offer })).toEqual({ cancelled: true, left: 0 });
    const opening = () => allocator().openAndAssign({ request, signature, offerSeats });
    expect(await codeOf(opening())).toBe("OfferVoid");
    const taskSeats = [await taskOffer(3, taskIdOf(domain(), request))];
    expect(await party(3).raiseOfferEpoch({ provider: 3 })).toMatchObject({ epoch: 1 });
    const late = allocator().openAndAssign({ request, signature, taskSeats });
    expect(await codeOf(late)).toBe("InvalidSignature");
    expect(await network.reader.getProvider({ provider: 3 })).toMatchObject({ offerEpoch: 1 });
    const fresh = [await taskOffer(3, taskIdOf(domain(), request))];
    const { seated } = await allocator().openAndAssign({ request, signature, taskSeats: fresh });
    expect(seated).toEqual([3]);
  });
});
