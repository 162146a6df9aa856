import { decoMarketAbi } from "@deco-network/sdk/abis/deco-market";
import { encodeAbiParameters, encodeEventTopics, type Hex, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  type AuditReport,
  auditTask,
  type ContentReader,
  type ReceiptReader,
} from "../src/index.ts";
import { changeEvent, type RpcLog, word } from "./support/altered-events.ts";
import { type Lie, lyingClient } from "./support/lying-client.ts";
import { type SettledTask, settleBag } from "./support/settled-task.ts";

let task: SettledTask;
beforeAll(async () => {
  task = await settleBag();
});
afterAll(async () => {
  await task?.stop();
});

const truth: Lie = (_method, _params, answer) => answer;

function content(changes: Partial<ContentReader> = {}): ContentReader {
  return {
    getDocument: async (digest) => task.documents.get(digest) ?? missing(digest),
    readFile: async (cid) => task.files.get(cid) ?? missing(cid),
    ...changes,
  };
}

function missing(name: string): never {
  throw new RangeError(`${name} is not here`);
}

function receipts(changes: Readonly<Record<number, Uint8Array | undefined>> = {}): ReceiptReader {
  const served = new Map<number, Uint8Array | undefined>(task.receipts);
  for (const [provider, bytes] of Object.entries(changes)) served.set(Number(provider), bytes);
  return { getReceipt: async (_task, provider) => served.get(provider) };
}

function audit(
  lie: Lie = truth,
  reader: ContentReader = content(),
  receiptReader: ReceiptReader = receipts(),
): Promise<AuditReport> {
  const options = {
    client: lyingClient(task.rpcUrl, lie),
    market: task.deployment.market,
    startBlock: BigInt(task.deployment.startBlock),
    content: reader,
    receipts: receiptReader,
  };
  return auditTask(options, task.taskId);
}

/** Names of the checks that are red. */
function red(report: AuditReport): string[] {
  return [
    ...new Set(report.checks.flatMap((each) => (each.status === "passed" ? [] : [each.name]))),
  ];
}

describe("an honest settlement", () => {
  it("passes every check", async () => {
    const report = await audit();
    expect(red(report)).toEqual([]);
    expect(report).toMatchObject({ sound: true, status: "settled", taskId: task.taskId });
  });

  it("covers each subject, for each seat and each item", async () => {
    const { checks } = await audit();
    const subjects = new Set(checks.map((check) => check.subject));
    expect([...subjects].sort()).toEqual([
      ...[
        "commitment",
        "content",
        "outcome",
        "payment",
        "receipt",
        "request",
        "reveal",
        "seat",
        "trust",
        "vote",
      ],
    ]);
    for (const provider of [1, 2, 3, 4]) {
      const names = checks
        .filter((each) => each.of === `provider ${provider}`)
        .map((each) => each.name);
      expect(names).toEqual(expect.arrayContaining(["seat-drawn", "seat-paid", "trust-index"]));
    }
    for (const item of [0, 1, 2]) {
      expect(checks).toContainEqual(
        expect.objectContaining({ of: `item ${item}`, name: "item-result-digest" }),
      );
    }
  });

  it("says what it took on trust", async () => {
    expect((await audit()).trusted).toHaveLength(3);
  });
});

describe("an altered event", () => {
  it.each([
    ["SeatEnded", "paid", word(1, 1n), ["seat-paid"]],
    ["SeatEnded", "slashed", word(2, 1n), ["seat-slashed"]],
    ["SeatEnded", "trust", word(3, 99n), ["trust-index"]],
    ["SeatTaken", "price position", word(3, 5n), ["seat-price", "seat-paid"]],
    ["SeatTaken", "trust", word(1, 50n), ["seat-trust"]],
    ["Committed", "commitment", word(0, 5n), ["reveal-opens-commitment"]],
    ["Revealed", "tag", word(0, 5n), ["reveal-opens-commitment", "vote-accepted"]],
    ["TaskSettled", "weight", word(2, 40n), ["vote-weight"]],
    ["TaskSettled", "refund", word(4, 1n), ["refund"]],
    ["RoyaltyPaid", "royalty", word(0, 1n), ["royalties"]],
    ["StakeChanged", "stake", word(0, 10n ** 15n), ["seat-drawn"]],
    [
      "TaskPosted",
      "price in the request",
      word(8, 3n * 10n ** 18n),
      ["request-digest", "seat-paid"],
    ],
  ] as const)("%s, its %s: red", async (event, _what, change, expected) => {
    const report = await audit(changeEvent(event, change));
    expect(report.sound).toBe(false);
    expect(red(report)).toEqual(expect.arrayContaining([...expected]));
  });

  it("that is withheld: red", async () => {
    const [topic] = encodeEventTopics({ abi: decoMarketAbi, eventName: "Revealed" });
    const report = await audit((method, _params, answer) =>
      method === "eth_getLogs"
        ? (answer as RpcLog[]).filter((log) => log.topics[0] !== topic)
        : answer,
    );
    expect(red(report)).toContain("vote-accepted");
  });
});

describe("an altered block", () => {
  it("with another time: red", async () => {
    const report = await audit((method, _params, answer) => {
      if (method !== "eth_getBlockByNumber") return answer;
      const block = answer as { timestamp: Hex };
      // Only blocks of the task's life: earlier ones would change nothing that is checked.
      return {
        ...block,
        timestamp: toHex(BigInt(block.timestamp) * 2n - BigInt(task.request.expiry)),
      };
    });
    expect(report.sound).toBe(false);
    expect(red(report)).toContain("seat-price");
  });

  it("with another seed: red", async () => {
    const report = await audit((method, params, answer) => {
      const call = params[0] as { to?: Hex } | undefined;
      const asksRandomness =
        method === "eth_call" &&
        call?.to?.toLowerCase() === task.deployment.randomness.toLowerCase();
      // A seed under which no ticket is as low as the real one's: the bound k = 1.2 hides small changes.
      return asksRandomness ? encodeAbiParameters([{ type: "uint256" }], [0n]) : answer;
    });
    expect(red(report)).toContain("seat-drawn");
  });
});

describe("altered content", () => {
  it("of one result: red", async () => {
    const [, second] = task.items;
    const reader = content({
      getDocument: async (digest) =>
        digest === second
          ? new TextEncoder().encode('{"deco":"result/1","exitCode":77}')
          : (task.documents.get(digest) ?? missing(digest)),
    });
    const report = await audit(truth, reader);
    expect(red(report)).toEqual(["item-result-digest"]);
  });

  it("of the item list: red", async () => {
    const reader = content({
      readFile: async (cid) => (task.files.get(cid) ?? missing(cid)).map((b) => b ^ 1),
    });
    expect(red(await audit(truth, reader))).toContain("bag-root");
  });

  it("that is not canonical: red", async () => {
    const reader = content({
      getDocument: async (digest) => {
        const bytes = task.documents.get(digest) ?? missing(digest);
        return digest === task.manifest ? new Uint8Array([...bytes, 0x20]) : bytes;
      },
    });
    expect(red(await audit(truth, reader))).toEqual(
      expect.arrayContaining(["manifest-digest", "manifest-document"]),
    );
  });

  it("that nobody serves: red", async () => {
    const reader = content({ getDocument: async (digest) => missing(digest) });
    expect(red(await audit(truth, reader))).toEqual(
      expect.arrayContaining(["program-served", "input-served", "manifest-served"]),
    );
  });
});

describe("receipts", () => {
  const changed = (provider: number, from: string, to: string) => {
    const text = new TextDecoder().decode(task.receipts.get(provider));
    expect(text).toContain(from);
    return new TextEncoder().encode(text.replace(from, to));
  };

  it("that are missing fail nothing, and are told", async () => {
    const report = await audit(truth, content(), receipts({ 1: undefined, 3: undefined }));
    expect(report).toMatchObject({
      sound: true,
      receipts: [
        { provider: 1, served: false },
        { provider: 2, served: true },
        { provider: 3, served: false },
      ],
    });
  });

  it.each([
    ["with another number", '"cpuMillis":20', '"cpuMillis":21', "signature-invalid"],
    ["of another provider", '"provider":2', '"provider":3', "other-seat"],
    ["of another round", '"round":1', '"round":2', "other-seat"],
    ["that is not canonical", '"round":1', '"round": 1', "malformed"],
  ])("%s: red", async (_what, from, to, fault) => {
    const report = await audit(truth, content(), receipts({ 2: changed(2, from, to) }));
    expect(report.sound).toBe(false);
    expect(report.checks.filter(({ status }) => status !== "passed")).toEqual([
      expect.objectContaining({
        ...{ subject: "receipt", name: "receipt-signed", of: "provider 2" },
        detail: expect.stringContaining(`${fault}: `),
      }),
    ]);
  });

  it("signed by another provider: red", async () => {
    const text = (provider: number) => new TextDecoder().decode(task.receipts.get(provider));
    const signature = /0x[0-9a-f]{130}/;
    const borrowed = text(1).replace(signature, signature.exec(text(2))?.[0] ?? "");
    const report = await audit(
      truth,
      content(),
      receipts({ 1: new TextEncoder().encode(borrowed) }),
    );
    expect(red(report)).toEqual(["receipt-signed"]);
  });
});

describe("what cannot be audited", () => {
  it("a task that was never posted is a named error", async () => {
    const unknown = `0x${"11".repeat(32)}` as const;
    const options = {
      client: lyingClient(task.rpcUrl, truth),
      market: task.deployment.market,
      startBlock: BigInt(task.deployment.startBlock),
      content: content(),
    };
    await expect(auditTask(options, unknown)).rejects.toMatchObject({ code: "task-not-found" });
  });

  it("a node that fails is a named error", async () => {
    const failing = audit((method, _params, answer) => {
      if (method === "eth_getLogs") throw new RangeError("no logs");
      return answer;
    });
    await expect(failing).rejects.toMatchObject({ code: "endpoint-failed" });
  });
});
