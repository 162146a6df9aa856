import type { ChainFacts } from "@deco-network/sdk/chains";

import type { Deployed } from "./deploy.ts";
import type { DeploySettings } from "./settings.ts";

/** What a deployment did, for programs. */
export interface DeployReport {
  readonly status: "ok";
  readonly mode: "dry-run" | "deployed";
  readonly network: string;
  readonly chainId: number;
  readonly deployer: string;
  readonly addresses: Deployed["addresses"];
  readonly gas: string;
  readonly transactions: readonly { step: string; gas: string; bytes: number }[];
  readonly settings: unknown;
  readonly checks: readonly string[];
  readonly trusted: readonly string[];
  readonly record?: string;
}

export function reportOf(
  chain: ChainFacts,
  settings: DeploySettings,
  { deployer, addresses, sent, checks }: Deployed,
  record: string | undefined,
): DeployReport {
  return {
    status: "ok",
    mode: record === undefined ? "dry-run" : "deployed",
    ...{ network: chain.network, chainId: chain.id, deployer, addresses },
    gas: String(sent.reduce((sum, { gas }) => sum + gas, 0n)),
    transactions: sent.map(({ gas, ...transaction }) => ({ ...transaction, gas: String(gas) })),
    settings: JSON.parse(JSON.stringify(settings, plain)),
    checks: checks.map(({ name }) => name),
    trusted: trustedBy(chain, settings),
    ...(record === undefined ? {} : { record }),
  };
}

/** The same for people. */
export function reportText(report: DeployReport): string {
  const { modules, ...addresses } = report.addresses;
  const dry = report.mode === "dry-run";
  const steps = report.transactions.map(
    ({ step, gas, bytes }, i) =>
      `  ${String(i + 1).padStart(2)}  ${step.padEnd(18)} ${gas.padStart(9)} gas  ${bytes} bytes`,
  );
  return [
    `${dry ? "Dry run" : "Deployed"} on ${report.network} (chain ${report.chainId}) by ${report.deployer}`,
    ...(dry
      ? [
          "",
          "Transactions, on a chain made in this process; nothing was sent",
          ...steps,
          `      total ${report.gas} gas; chains that settle on another also charge for the bytes`,
        ]
      : []),
    "",
    dry ? "Addresses of this run; a real one has its deployer's" : "Addresses",
    ...Object.entries({ ...addresses, ...modules }).map(
      ([name, at]) => `  ${name.padEnd(11)} ${at}`,
    ),
    "",
    "Settings",
    ...JSON.stringify(report.settings, undefined, 2).split("\n").slice(1, -1),
    "",
    `Checked: ${report.checks.length} readings, all as meant`,
    "",
    "Trusted",
    ...report.trusted.map((line) => `  - ${line}`),
    ...(report.record === undefined
      ? []
      : ["", `Recorded in ${report.record}; run npm run generate`]),
    "",
  ].join("\n");
}

function trustedBy(chain: ChainFacts, settings: DeploySettings): string[] {
  const days = settings.delaySeconds / 86_400;
  const { kind } = settings.randomness;
  const seeds = {
    prevrandao:
      "proposers of seed blocks, who may withhold a block and so choose between two draws",
    "block-hash": "whoever builds blocks: seeds are block hashes, for local chains only",
    none: "allocators, who give every seat: there is no sortition, so audits and appeals draw no panel",
    other: "the makers of the randomness contract, which Deco does not vouch for",
  } as const;
  return [
    `order of transactions: ${chain.trust.ordering}`,
    `rules of the chain: ${chain.trust.rules}`,
    `seeds: ${seeds[kind]}`,
    `parameters, within their bounds and after ${days} days: ${settings.proposers.join(", ")}`,
    `payment tokens: the issuers of ${settings.tokens.map(({ token }) => token).join(", ") || "none"}`,
    "nobody with funds of users: no key, proposer or timelock can move them",
  ];
}

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
