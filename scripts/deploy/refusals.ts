import type { ChainFacts } from "@deco-network/sdk/chains";
import { type Address, isAddressEqual } from "viem";

import type { DeploySettings } from "./settings.ts";

/** Why a deployment must not happen. */
export interface Refusal {
  readonly code:
    | "RANDOMNESS_UNSOUND"
    | "NO_PROPOSER"
    | "DEPLOYER_KEEPS_POWER"
    | "DELAY_TOO_SHORT"
    | "REVEAL_WINDOW_TOO_SHORT"
    | "TOKEN_REPEATED";
  readonly message: string;
  readonly remedy: string;
}

const DAY = 86_400;
/** Seconds of the timelock's delay below which users could not leave before a change. */
const MIN_DELAY = { production: 2 * DAY, test: 600, local: 0 } as const;

/** What forbids these settings on this chain, known before anything is sent. */
export function refusalsOf(
  settings: DeploySettings,
  chain: ChainFacts,
  deployer: Address,
): Refusal[] {
  return [
    ...unsoundRandomness(settings, chain),
    ...keptPower(settings, chain, deployer),
    ...shortTimes(settings, chain),
    ...repeatedTokens(settings),
  ];
}

function unsoundRandomness({ randomness }: DeploySettings, chain: ChainFacts): Refusal[] {
  const { kind } = randomness;
  if (kind === "none" || kind === "other" || kind === chain.soundRandomness) return [];
  // A local chain has nobody to protect from its own node.
  if (chain.purpose === "local") return [];
  const offer = chain.soundRandomness === undefined ? "" : `"${chain.soundRandomness}", `;
  return [
    {
      code: "RANDOMNESS_UNSOUND",
      message:
        kind === "block-hash"
          ? `whoever builds a block of ${chain.name} chooses its hash`
          : `the prevrandao of ${chain.name} is ${chain.prevrandao === "constant" ? "a constant" : "public beforehand"}`,
      remedy: `Set randomness.kind to ${offer}"none" (seats by allocators only) or "other"; see docs/CHAINS.md.`,
    },
  ];
}

function keptPower(settings: DeploySettings, chain: ChainFacts, deployer: Address): Refusal[] {
  const refusals: Refusal[] = [];
  if (settings.proposers.length === 0) {
    refusals.push({
      code: "NO_PROPOSER",
      message: "nobody could ever change a parameter",
      remedy: "Name at least one proposer.",
    });
  }
  if (chain.purpose === "local") return refusals;
  const powers = [
    ...settings.proposers.map((proposer) => ["a proposer", proposer] as const),
    ...(chain.purpose === "production"
      ? ([
          ["the treasury", settings.treasury],
          ["the holder of all DECO", settings.supplyReceiver],
        ] as const)
      : []),
  ];
  for (const [what, account] of powers) {
    if (!isAddressEqual(account, deployer)) continue;
    refusals.push({
      code: "DEPLOYER_KEEPS_POWER",
      message: `the deployer would stay ${what}`,
      remedy: "Name another account, a multisig on production chains.",
    });
  }
  return refusals;
}

function shortTimes({ delaySeconds, post }: DeploySettings, chain: ChainFacts): Refusal[] {
  const refusals: Refusal[] = [];
  const minDelay = MIN_DELAY[chain.purpose];
  if (delaySeconds < minDelay) {
    refusals.push({
      code: "DELAY_TOO_SHORT",
      message: `a delay of ${delaySeconds} s is below ${minDelay} s`,
      remedy: "Raise delaySeconds, so that users can leave before a change.",
    });
  }
  // A provider waits for confirmations before it reveals, and needs some blocks to be included.
  const reveal = Math.ceil((chain.confirmations + 10) * chain.blockSeconds);
  if (chain.purpose !== "local" && Number(post["minRevealWindow"]) < reveal) {
    refusals.push({
      code: "REVEAL_WINDOW_TOO_SHORT",
      message: `post.minRevealWindow is below ${reveal} s, ${chain.confirmations} confirmations and ten blocks`,
      remedy: "Raise post.minRevealWindow.",
    });
  }
  return refusals;
}

function repeatedTokens({ tokens }: DeploySettings): Refusal[] {
  const names = tokens.map(({ token }) => token);
  if (new Set(names).size === names.length) return [];
  return [
    {
      code: "TOKEN_REPEATED",
      message: "a payment token is listed twice",
      remedy: "Give each token one set of terms.",
    },
  ];
}
