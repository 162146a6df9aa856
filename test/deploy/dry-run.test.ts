import { parseDeployment } from "@deco-network/sdk";
import { type ChainFacts, chainFactsOf } from "@deco-network/sdk/chains";
import { beforeAll, describe, expect, test } from "vitest";
import { deployMarket } from "../../scripts/deploy/deploy.ts";
import { reportOf, reportText } from "../../scripts/deploy/report.ts";
import { exampleSettings, loadSettings } from "../../scripts/deploy/settings.ts";
import { ToolError } from "../../scripts/lib/tool-error.ts";
import { buildContracts } from "../../scripts/solidity/build.ts";

/** EIP-7825: the most gas of one transaction. */
const GAS_LIMIT = 2n ** 24n;
const settings = await loadSettings(exampleSettings);
const dryRun = { kind: "dry-run" } as const;

beforeAll(async () => {
  expect((await buildContracts()).code).toBe(0);
}, 600_000);

function chain(network: string): ChainFacts {
  return chainFactsOf(network) ?? expect.unreachable(network);
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof ToolError) return error.code;
    throw error;
  }
  return "none";
}

describe("a whole deployment on a chain in this process", { timeout: 180_000 }, () => {
  test.each([
    ["ethereum", "prevrandao"],
    ["sepolia", "prevrandao"],
    ["base", "none"],
    ["arbitrum-sepolia", "none"],
    ["local", "block-hash"],
  ] as const)("on %s with %s", async (network, kind) => {
    const deployed = await deployMarket(
      chain(network),
      { ...settings, randomness: { kind } },
      dryRun,
    );
    expect(parseDeployment(deployed.record)).toMatchObject({
      chainId: chain(network).id,
      randomnessKind: kind,
      timelock: deployed.addresses.timelock,
    });
    expect(deployed.sent.map(({ step }) => step).sort()).toEqual([
      "call timelock",
      "call timelock",
      "deploy extension",
      "deploy market",
      "deploy opening",
      "deploy orders",
      "deploy panels",
      "deploy parameters",
      "deploy proofs",
      "deploy proving",
      "deploy randomness",
      "deploy timelock",
      "deploy token",
    ]);
    for (const { gas } of deployed.sent) expect(gas).toBeLessThan(GAS_LIMIT);
    expect(deployed.checks.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(deployed.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "code of DecoMarket",
        "size of DecoMarket",
        "market's modules",
        "owner of the parameters",
        "listing of DECO",
        "timelock's proposer",
        "timelock's admin",
      ]),
    );
  });

  test("is told to people and to programs", async () => {
    const deployed = await deployMarket(chain("sepolia"), settings, dryRun);
    const report = reportOf(chain("sepolia"), settings, deployed, undefined);
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({
      ...{ status: "ok", mode: "dry-run", network: "sepolia", chainId: 11_155_111 },
      addresses: { market: deployed.addresses.market },
      settings: { delaySeconds: 172_800 },
    });
    expect(BigInt(report.gas)).toBeGreaterThan(10_000_000n);
    const text = reportText(report);
    expect(text).toContain("nothing was sent");
    expect(text).toContain(deployed.addresses.timelock);
    expect(text).toContain("may withhold a block");
  });
});

describe("nothing is deployed", { timeout: 180_000 }, () => {
  test("with seeds that somebody can foresee", async () => {
    expect(await codeOf(deployMarket(chain("base"), settings, dryRun))).toBe("RANDOMNESS_UNSOUND");
    const randomness = { kind: "block-hash" } as const;
    const action = deployMarket(chain("ethereum"), { ...settings, randomness }, dryRun);
    expect(await codeOf(action)).toBe("RANDOMNESS_UNSOUND");
  });

  test("when the deployer would keep power", async () => {
    const first = await deployMarket(chain("sepolia"), settings, dryRun);
    const proposers = [first.deployer];
    const action = deployMarket(chain("sepolia"), { ...settings, proposers }, dryRun);
    expect(await codeOf(action)).toBe("DEPLOYER_KEEPS_POWER");
  });

  test("when a randomness contract is not there", async () => {
    const randomness = { kind: "other", address: settings.treasury } as const;
    const action = deployMarket(chain("sepolia"), { ...settings, randomness }, dryRun);
    expect(await codeOf(action)).toBe("CHAIN_DIFFERS");
  });

  test("when a value leaves the bounds", async () => {
    const task = { ...settings.task, protocolFeeBps: 501 };
    const action = deployMarket(chain("sepolia"), { ...settings, task }, dryRun);
    expect(await codeOf(action)).toBe("DEPLOYMENT_FAILED");
  });
});
