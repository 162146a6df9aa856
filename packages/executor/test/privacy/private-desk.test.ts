import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isP2pError } from "@deco-network/p2p";
import { type KeyPair, makeKeyPair, sealKey } from "@deco-network/privacy";
import { type Request, type SealedInputDocument, taskIdOf } from "@deco-network/sdk";
import { type Address, type Hash, zeroAddress } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AssignmentState } from "../../src/assignments/states.ts";
import type { Journal } from "../../src/journal/journal.ts";
import { encodeRequest } from "../../src/market/request.ts";
import { PrivateDesk } from "../../src/privacy/private-desk.ts";
import { PrivateTasks } from "../../src/privacy/private-tasks.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { TERMS } from "../support/network.ts";

const REQUESTER: Address = "0x00000000000000000000000000000000000000a1";
const STRANGER: Address = "0x00000000000000000000000000000000000000a2";
const hash = (digit: string): Hash => `0x${digit.repeat(64)}`;
const IDENTITY = {
  ...{ provider: 7, operator: STRANGER, chainId: 31_337 },
  market: "0x00000000000000000000000000000000000000aa",
} as const;
const REQUEST: Request = {
  ...TERMS,
  ...{ requester: REQUESTER, nonce: 1n, expiry: 10, volume: 1, token: zeroAddress },
  ...{ program: hash("1"), input: hash("2") },
};
const TASK = taskIdOf(IDENTITY, REQUEST);

describe("the desk for private tasks", () => {
  let folder: string;
  let tasks: PrivateTasks;
  let provider: KeyPair;
  let key: KeyPair;
  let sealed: SealedInputDocument;
  let state: AssignmentState;
  let seated: boolean;
  let woken: Hash[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "deco-private-"));
    tasks = await PrivateTasks.open(folder);
    [provider, key] = [await makeKeyPair("x25519"), await makeKeyPair("x25519")];
    sealed = {
      ...{ deco: "sealed-input/1", input: hash("3"), ciphertextBytes: 300, bytes: 1 },
      ciphertext: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
      ...{ key: key.recipient, results: provider.recipient },
    };
    state = "running";
    seated = true;
    woken = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function desk() {
    const seat = () => ({ key: { task: TASK, round: 1 }, state, request: encodeRequest(REQUEST) });
    const journal = {
      assignmentsOf: (task: Hash) => (task === TASK ? [seat()] : []),
      hasSeat: () => seated,
    } as unknown as Journal;
    return new PrivateDesk({
      ...{ identity: IDENTITY, ageIdentity: provider.identity, journal, tasks },
      logger: createLogger("silent"),
      onKey: (task) => woken.push(task),
    });
  }
  const context = { domain: IDENTITY, taskId: TASK, provider: 7 };
  async function give(
    change: Partial<typeof context> = {},
    to = provider,
    identity = key.identity,
  ) {
    const envelope = await sealKey(to.recipient, identity, { ...context, ...change });
    return { taskId: TASK, envelope: Buffer.from(envelope).toString("base64") };
  }
  const codeOf = (answer: Promise<unknown>) =>
    answer.catch((error: unknown) => (isP2pError(error) ? error.code : String(error)));

  it("takes the key of a seat's task, keeps it for its owner only, and wakes the seat", async () => {
    await tasks.meet(TASK, sealed);
    expect(await desk().takeKey({ sender: REQUESTER, body: await give() })).toEqual({
      taken: true,
    });
    expect(woken).toEqual([TASK]);
    const path = join(folder, `${TASK}.json`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await PrivateTasks.open(folder)).get(TASK)?.key).toBe(key.identity);
  });

  it("refuses everybody but the requester, and whoever asks about a task without a seat", async () => {
    await tasks.meet(TASK, sealed);
    const body = await give();
    expect(await codeOf(desk().takeKey({ sender: STRANGER, body }))).toBe("sender-refused");
    const other = { ...body, taskId: hash("9") };
    expect(await codeOf(desk().takeKey({ sender: REQUESTER, body: other }))).toBe("sender-refused");
    seated = false;
    state = "eligible";
    expect(await codeOf(desk().takeKey({ sender: REQUESTER, body }))).toBe("sender-refused");
    expect(tasks.get(TASK)?.key).toBeUndefined();
    expect(woken).toEqual([]);
  });

  it("names what is wrong with an envelope", async () => {
    const refused = async (body: Awaited<ReturnType<typeof give>>) =>
      await desk().takeKey({ sender: REQUESTER, body });
    expect(await refused(await give())).toEqual({ refused: "task-not-private" });
    await tasks.meet(TASK, sealed);
    const other = await makeKeyPair("x25519");
    expect(await refused(await give({}, other))).toEqual({ refused: "envelope-unreadable" });
    const noise = { taskId: TASK, envelope: Buffer.from("noise").toString("base64") };
    expect(await refused(noise)).toEqual({ refused: "envelope-unreadable" });
    expect(await refused(await give({ taskId: hash("8") }))).toEqual({
      refused: "envelope-foreign",
    });
    expect(await refused(await give({ provider: 8 }))).toEqual({ refused: "envelope-foreign" });
    expect(await refused(await give({}, provider, other.identity))).toEqual({
      refused: "key-wrong",
    });
    expect(tasks.get(TASK)?.key).toBeUndefined();
    expect(woken).toEqual([]);
  });

  it("tells the requester alone where the result's ciphertext is", async () => {
    await tasks.meet(TASK, sealed);
    const ask = (sender: Address) => desk().tellResult({ sender, body: { taskId: TASK } });
    expect(await ask(REQUESTER)).toEqual({ absent: "pending" });
    await tasks.change(TASK, { ciphertext: { cid: sealed.ciphertext, bytes: 300 } });
    expect(await ask(REQUESTER)).toEqual({ ciphertext: sealed.ciphertext, bytes: 300 });
    expect(await codeOf(ask(STRANGER))).toBe("sender-refused");
    await tasks.remove(TASK);
    state = "released";
    expect(await ask(REQUESTER)).toEqual({ absent: "gone" });
  });

  it("forgets the key with the plaintext, and everything where there is no result", async () => {
    await tasks.meet(TASK, sealed);
    await tasks.change(TASK, { key: key.identity, result: hash("4") });
    await tasks.forgetKey(TASK);
    expect(await readFile(join(folder, `${TASK}.json`), "utf8")).not.toContain(key.identity);
    expect(tasks.ofResult(hash("4"))?.task).toBe(TASK);
    await tasks.remove(TASK);
    await tasks.meet(TASK, sealed);
    await tasks.forgetKey(TASK);
    expect(tasks.get(TASK)).toBeUndefined();
    expect(await readFile(join(folder, `${TASK}.json`), "utf8").catch(() => "absent")).toBe(
      "absent",
    );
  });
});
