import { randomBytes } from "node:crypto";

import { bytesToHex, type Hash } from "viem";
import { describe, expect, it } from "vitest";

import {
  isP2pError,
  MAX_LOG_CHUNK,
  makeOpener,
  openProgress,
  progress,
  type SealedBox,
  type SeatProgress,
  sealProgress,
} from "../src/index.ts";
import { DOMAIN } from "./support.ts";

const CONTEXT = { domain: DOMAIN, taskId: `0x${"1".repeat(64)}`, provider: 7 } as const;
const SEAT: SeatProgress = {
  ...{ round: 1, state: "running", since: 1_000, items: { done: 3, total: 10 } },
  log: { shown: "all", from: 0, bytes: new TextEncoder().encode("secret words"), end: 12 },
};
const invalid = expect.objectContaining({ code: "answer-invalid" });

const sealed = async (key: Hash, seat = SEAT) =>
  (await sealProgress(key, CONTEXT, seat)) as unknown as SealedBox;

describe("progress that is sealed", () => {
  it("is read by who asked, and by nobody else", async () => {
    const [asker, relay] = [await makeOpener(), await makeOpener()];
    const box = await sealed(asker.key);
    expect(await openProgress(asker, CONTEXT, box)).toEqual(SEAT);
    await expect(openProgress(relay, CONTEXT, box)).rejects.toEqual(invalid);
    expect(atob(box.sealed)).not.toContain("secret");
  });

  it("is bound to its task, its provider, its market and its keys, and cannot be altered", async () => {
    const asker = await makeOpener();
    const box = await sealed(asker.key);
    const others = [
      { ...CONTEXT, provider: 8 },
      { ...CONTEXT, taskId: `0x${"2".repeat(64)}` as const },
      { ...CONTEXT, domain: { ...DOMAIN, chainId: 1 } },
    ];
    for (const other of others) {
      await expect(openProgress(asker, other, box)).rejects.toEqual(invalid);
    }
    const { key } = await makeOpener();
    await expect(openProgress(asker, CONTEXT, { ...box, key })).rejects.toEqual(invalid);
    const bytes = Uint8Array.from(atob(box.sealed), (character) => character.charCodeAt(0));
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    const altered = { ...box, sealed: btoa(String.fromCharCode(...bytes)) };
    await expect(openProgress(asker, CONTEXT, altered)).rejects.toEqual(invalid);
  });

  it("tells by its size only steps of 4 KiB", async () => {
    const { key } = await makeOpener();
    const withLog = (size: number): SeatProgress => ({
      ...SEAT,
      log: { shown: "all", from: 0, bytes: new Uint8Array(size), end: size },
    });
    const sizes = new Set<number>();
    for (const size of [0, 1, 1_000, 2_500]) {
      sizes.add((await sealed(key, withLog(size))).sealed.length);
    }
    expect(sizes.size).toBe(1);
  });

  it("fits its message with the largest piece of a log", async () => {
    const asker = await makeOpener();
    const bytes = new Uint8Array(randomBytes(MAX_LOG_CHUNK));
    const end = Number.MAX_SAFE_INTEGER;
    const full: SeatProgress = {
      ...{ ...SEAT, reason: "r".repeat(64), items: { done: 2 ** 20, total: 2 ** 20 } },
      log: { shown: "beginning", from: end - MAX_LOG_CHUNK, bytes, end },
    };
    const box = await sealed(asker.key, full);
    expect(progress.answerBody.safeParse(box).success).toBe(true);
    expect(await openProgress(asker, CONTEXT, box)).toEqual(full);
  });

  it("is not sealed to keys that everybody knows the secret of", async () => {
    for (const point of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
      const refused = await sealProgress(bytesToHex(point), CONTEXT, SEAT).catch((e: unknown) => e);
      expect(isP2pError(refused, "message-malformed")).toBe(true);
    }
  });
});
