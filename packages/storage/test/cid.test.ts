import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CID } from "multiformats/cid";
import { describe, expect, it } from "vitest";
import { cidToDigest, digestToCid, parseCid, StorageError } from "../src/cid.ts";

const HELLO_DIGEST = "0xb94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
const HELLO_CID = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
const HELLO_CID_V0 = "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD";

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return error instanceof StorageError ? error.code : "not a StorageError";
  }
  return undefined;
}

describe("digestToCid", () => {
  it("gives the CID that Kubo gives the same bytes", () => {
    expect(digestToCid(HELLO_DIGEST)).toBe(HELLO_CID);
  });

  it("takes digits of either case", () => {
    expect(digestToCid(`0x${HELLO_DIGEST.slice(2).toUpperCase()}`)).toBe(HELLO_CID);
  });

  it.each([
    ["no prefix", HELLO_DIGEST.slice(2)],
    ["too short", HELLO_DIGEST.slice(0, -2)],
    ["too long", `${HELLO_DIGEST}00`],
    ["not hexadecimal", `0x${"g".repeat(64)}`],
    ["a CID", HELLO_CID],
  ])("refuses %s", (_, digest) => {
    expect(codeOf(() => digestToCid(digest))).toBe("digest-invalid");
  });
});

describe("cidToDigest", () => {
  it("is the inverse of digestToCid", () => {
    expect(cidToDigest(HELLO_CID)).toBe(HELLO_DIGEST);
    expect(cidToDigest(CID.parse(HELLO_CID))).toBe(HELLO_DIGEST);
  });

  it.each([
    ["version 0", HELLO_CID_V0],
    ["codec dag-pb", "bafybeihykld7uyxzogax6vgyvag42y7464eywpf55gxi5qpoisibh3c5wa"],
    [
      "hash sha2-512",
      "bafkrgqbqt3gerhas23vuzrapkdeqf4vu2dwxp3srdj6hvg6nhsug2tgyn6mj3u23yx7utftq3i2ckw2fwdh5qmhid5qf3t35yvkc5e5ottlw6",
    ],
    ["an identity hash", "bafkqaaa"],
    ["no CID", "hello"],
  ])("refuses %s", (_, cid) => {
    expect(codeOf(() => cidToDigest(cid))).toBe("cid-invalid");
  });
});

describe("parseCid", () => {
  it("reads version 0 and 1", () => {
    expect(parseCid(HELLO_CID_V0).toString()).toBe(HELLO_CID_V0);
    expect(parseCid(HELLO_CID).toString()).toBe(HELLO_CID);
  });
});

describe("the entry @deco-network/storage/cid", () => {
  it("loads no module of Node", async () => {
    const entry = fileURLToPath(new URL("../src/cid.ts", import.meta.url));
    const external = new Set<string>();
    const seen = new Set<string>();
    const pending = [entry];
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const source = await readFile(file, "utf8");
      // Type-only statements vanish; everything else that names a module loads it.
      for (const [, typeOnly, name] of source.matchAll(
        /^(?:import|export)( type)? [^;]*?from "([^"]+)";/gm,
      )) {
        if (typeOnly !== undefined || name === undefined) continue;
        if (name.startsWith(".")) pending.push(resolve(dirname(file), name));
        else external.add(name.split("/")[0] ?? name);
      }
    }
    expect([...external]).toEqual(["multiformats"]);
  });
});
