import { type ChainFacts, chainFactsOf } from "@deco-network/sdk/chains";
import { describe, expect, test } from "vitest";
import { refusalsOf } from "../../scripts/deploy/refusals.ts";
import {
  type DeploySettings,
  exampleSettings,
  loadSettings,
} from "../../scripts/deploy/settings.ts";

const DEPLOYER = "0x00000000000000000000000000000000000000De";
const settings = await loadSettings(exampleSettings);

function chain(network: string): ChainFacts {
  return chainFactsOf(network) ?? expect.unreachable(network);
}

function codes(network: string, changes: Partial<DeploySettings> = {}) {
  return refusalsOf({ ...settings, ...changes }, chain(network), DEPLOYER).map(({ code }) => code);
}

describe("randomness", () => {
  test.each(["ethereum", "sepolia", "local"])("%s takes prevrandao", (network) => {
    expect(codes(network)).toEqual([]);
  });

  test.each(["base", "base-sepolia", "optimism", "op-sepolia", "arbitrum", "arbitrum-sepolia"])(
    "%s has no sound seeds of its own",
    (network) => {
      expect(codes(network)).toEqual(["RANDOMNESS_UNSOUND"]);
      expect(codes(network, { randomness: { kind: "block-hash" } })).toEqual([
        "RANDOMNESS_UNSOUND",
      ]);
      expect(codes(network, { randomness: { kind: "none" } })).toEqual([]);
      expect(codes(network, { randomness: { kind: "other", address: DEPLOYER } })).toEqual([]);
    },
  );

  test("block hashes are for local chains", () => {
    const randomness = { kind: "block-hash" } as const;
    expect(codes("local", { randomness })).toEqual([]);
    expect(codes("ethereum", { randomness })).toEqual(["RANDOMNESS_UNSOUND"]);
    expect(codes("sepolia", { randomness })).toEqual(["RANDOMNESS_UNSOUND"]);
  });
});

describe("power", () => {
  test("somebody must be able to change parameters", () => {
    expect(codes("sepolia", { proposers: [] })).toEqual(["NO_PROPOSER"]);
  });

  test("the deployer keeps none on a public chain", () => {
    const proposers = [DEPLOYER] as const;
    expect(codes("local", { proposers: [...proposers] })).toEqual([]);
    expect(codes("sepolia", { proposers: [...proposers] })).toEqual(["DEPLOYER_KEEPS_POWER"]);
    expect(codes("ethereum", { treasury: DEPLOYER })).toEqual(["DEPLOYER_KEEPS_POWER"]);
    expect(codes("ethereum", { supplyReceiver: DEPLOYER })).toEqual(["DEPLOYER_KEEPS_POWER"]);
    expect(codes("sepolia", { supplyReceiver: DEPLOYER, treasury: DEPLOYER })).toEqual([]);
  });
});

describe("times", () => {
  test("users can leave before a change", () => {
    expect(codes("ethereum", { delaySeconds: 172_799 })).toEqual(["DELAY_TOO_SHORT"]);
    expect(codes("sepolia", { delaySeconds: 600 })).toEqual([]);
    expect(codes("sepolia", { delaySeconds: 599 })).toEqual(["DELAY_TOO_SHORT"]);
    expect(codes("local", { delaySeconds: 0 })).toEqual([]);
  });

  test("providers can wait for confirmations before they reveal", () => {
    const post = { ...settings.post, minRevealWindow: 263 };
    expect(codes("ethereum", { post })).toEqual(["REVEAL_WINDOW_TOO_SHORT"]);
    expect(codes("ethereum", { post: { ...post, minRevealWindow: 264 } })).toEqual([]);
  });
});

test("a token has one set of terms", () => {
  const [deco] = settings.tokens;
  if (deco === undefined) expect.unreachable("the example lists DECO");
  expect(codes("sepolia", { tokens: [deco, deco] })).toEqual(["TOKEN_REPEATED"]);
});
