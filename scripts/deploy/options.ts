import { parseArgs } from "node:util";

import { type ChainFacts, chainFacts, chainFactsOf } from "@deco-network/sdk/chains";

import { ToolError } from "../lib/tool-error.ts";

export interface DeployOptions {
  readonly chain: ChainFacts;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Undefined: the example, which only dry runs and local chains take. */
  readonly settings: string | undefined;
  readonly rpcUrl: string | undefined;
  readonly keyFile: string | undefined;
  readonly passwordFile: string | undefined;
  /** API key of the chain's explorer, which gets the sources after the deployment; undefined: it does not. */
  readonly explorerKey: string | undefined;
}

export const USAGE = `npm run deploy -- --network NAME [options]

  --network NAME        ${chainFacts.map(({ network }) => network).join(", ")}
  --dry-run             deploy on a chain in this process; nothing is sent
  --settings FILE       roles, parameters, tokens (default for dry runs: scripts/deploy/example-settings.json)
  --rpc URL             the chain's node
  --key-file FILE       the deployer's V3 keystore or raw key
  --password-file FILE  the keystore's password
  --explorer            then give the sources to the chain's explorer (ETHERSCAN_API_KEY)
  --json                one line of JSON on stdout
`;

/** @throws ToolError USAGE */
export function parseOptions(args: readonly string[]): DeployOptions {
  let values: ReturnType<typeof read>;
  try {
    values = read(args);
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : "The arguments make no sense.", cause);
  }
  const chain = chainFactsOf(values.network ?? "");
  if (chain === undefined) {
    throw usage(
      values.network === undefined
        ? "--network is missing."
        : `There is no network "${values.network}".`,
    );
  }
  const dryRun = values["dry-run"] ?? false;
  if (!dryRun && values.rpc === undefined) throw usage("--rpc is missing: it names the node.");
  if ((dryRun || chain.explorer === undefined) && values.explorer) {
    throw usage("There is no explorer to show a dry run or a local chain.");
  }
  if (!dryRun && chain.purpose !== "local") {
    if (values.settings === undefined) throw usage("--settings is missing.");
    if (values["key-file"] === undefined) throw usage("--key-file is missing.");
  }
  return {
    ...{ chain, dryRun, settings: values.settings, rpcUrl: values.rpc },
    json: values.json ?? false,
    keyFile: values["key-file"],
    passwordFile: values["password-file"],
    explorerKey: values.explorer ? explorerKey() : undefined,
  };
}

/** It opens nothing but an account with the explorer, so the environment is good enough for it. */
function explorerKey(): string {
  const key = process.env["ETHERSCAN_API_KEY"];
  if (key === undefined || key === "") throw usage("ETHERSCAN_API_KEY is not set.");
  return key;
}

function read(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      network: { type: "string" },
      "dry-run": { type: "boolean" },
      settings: { type: "string" },
      rpc: { type: "string" },
      "key-file": { type: "string" },
      "password-file": { type: "string" },
      explorer: { type: "boolean" },
      json: { type: "boolean" },
    },
    strict: true,
  }).values;
}

function usage(message: string, cause?: unknown): ToolError {
  return new ToolError({ code: "USAGE", message, remedy: USAGE, cause });
}
