import type { Hex } from "viem";
import { describe, expect, it } from "vitest";

import { encryptBytes, makeKeyPair, openKey, recipientOf, sealKey } from "../src/index.ts";
import { codeOf } from "./support.ts";

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
const CONTEXT = {
  domain: { chainId: 31_337, market: "0x00000000000000000000000000000000000000AA" },
  taskId: hash("1"),
  provider: 7,
} as const;

describe("an envelope with a task's key", () => {
  it.each(["x25519", "post-quantum"] as const)(
    "is opened by its provider, whose key is %s",
    async (kind) => {
      const [provider, task] = [await makeKeyPair(kind), await makeKeyPair("x25519")];
      const envelope = await sealKey(provider.recipient, task.identity, CONTEXT);
      expect(await openKey(provider.identity, envelope, CONTEXT, task.recipient)).toBe(
        task.identity,
      );
      // As a message carries it.
      expect(Buffer.from(envelope).toString("base64").length).toBeLessThan(16_384);
    },
  );

  it("is of no use to another provider, nor after it was changed", async () => {
    const [provider, other] = [await makeKeyPair("x25519"), await makeKeyPair("x25519")];
    const task = await makeKeyPair("x25519");
    const envelope = await sealKey(provider.recipient, task.identity, CONTEXT);
    const open = (identity: string, bytes: Uint8Array) =>
      codeOf(openKey(identity, bytes, CONTEXT, task.recipient));
    expect(await open(other.identity, envelope)).toBe("envelope-unreadable");
    expect(await open(provider.identity, envelope.subarray(0, -1))).toBe("envelope-unreadable");
    const changed = Uint8Array.from(envelope, (byte, at) =>
      at === envelope.length - 1 ? byte ^ 1 : byte,
    );
    expect(await open(provider.identity, changed)).toBe("envelope-unreadable");
    const rubbish = await encryptBytes(provider.recipient, Buffer.from("{}"));
    expect(await open(provider.identity, rubbish)).toBe("envelope-unreadable");
  });

  it("is refused for another seat than the one that it names", async () => {
    const [provider, task] = [await makeKeyPair("x25519"), await makeKeyPair("x25519")];
    const envelope = await sealKey(provider.recipient, task.identity, CONTEXT);
    const { domain } = CONTEXT;
    for (const change of [
      { taskId: hash("2") },
      { provider: 8 },
      { domain: { ...domain, chainId: 1 } },
      { domain: { ...domain, market: "0x00000000000000000000000000000000000000bb" as const } },
    ]) {
      const context = { ...CONTEXT, ...change };
      expect(await codeOf(openKey(provider.identity, envelope, context, task.recipient))).toBe(
        "envelope-foreign",
      );
    }
  });

  it("is refused when its key does not open the task's input", async () => {
    const [provider, task] = [await makeKeyPair("x25519"), await makeKeyPair("x25519")];
    const other = await makeKeyPair("post-quantum");
    const envelope = await sealKey(provider.recipient, other.identity, CONTEXT);
    expect(await codeOf(openKey(provider.identity, envelope, CONTEXT, task.recipient))).toBe(
      "key-wrong",
    );
  });

  it("cannot be made for what is no recipient", async () => {
    const { identity } = await makeKeyPair("x25519");
    expect(await codeOf(sealKey("age1nobody", identity, CONTEXT))).toBe("recipient-invalid");
    expect(await codeOf(recipientOf("AGE-SECRET-KEY-1NONE"))).toBe("identity-invalid");
  });
});
