import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";

import type { ExecutorConfigInput } from "@deco-network/executor";
import { makeKeyPair } from "@deco-network/privacy";
import { encodeDocument, providerSchema } from "@deco-network/sdk";
import { type Command, Option } from "commander";
import { type Address, getAddress, isAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

import type { CommandContext } from "../../context/command-context.ts";
import { loadDeployment, type Reachable } from "../../context/deployment.ts";
import {
  createKeystore,
  keptPasswordPath,
  keystorePath,
  listKeystores,
} from "../../context/keystores.ts";
import { createPrivateFile } from "../../context/private-file.ts";
import { CliError } from "../../errors.ts";
import { formatPairs } from "../../output/table.ts";
import { describeMachine } from "../../provider/provider-document.ts";
import { inFolder, type ProviderHome, providerHome } from "../../provider/provider-home.ts";
import type { Cli } from "../cli-action.ts";

interface InitOptions {
  readonly folder?: string;
  readonly name?: string;
  readonly region?: string;
  readonly docker?: string | true;
  readonly operator?: string;
  readonly signer?: string;
  readonly postQuantum?: boolean;
}

const LOCAL_CHAIN = 31_337;
const RETENTION_DAYS = 30;

export function addProviderInit(group: Command, cli: Cli): void {
  const command = group
    .command("init")
    .summary("make configuration, operator key and salt secret")
    .description(
      "Writes an executor's configuration, a new operator key (which can withdraw nothing) and its salt " +
        "secret. Back up the folder: without the secret, committed seats cannot be revealed and are slashed.",
    )
    .option("--folder <folder>", "where (default: provider in the home folder)")
    .option("--name <name>", "what requesters see (default: this machine's name)")
    .option("--region <code>", "ISO 3166 country or subdivision, such as DE or US-CA")
    .option(
      "--operator <name>",
      "keystore of this name as the operator key, its password asked for at each start (default: a new key); with --signer its address",
    )
    .option("--signer <url>", "a Web3Signer that holds the operator key")
    .option("--post-quantum", "a post-quantum recipient for the keys of private tasks")
    .addOption(
      new Option("--docker [host]", "also run containers").preset("unix:///var/run/docker.sock"),
    );
  const examples = ["deco provider init", "deco provider init --name helios --region DE --docker"];
  cli.action<InitOptions>(command, { examples }, async (context, options) => {
    const home = providerHome(context, options.folder);
    if (existsSync(home.config)) throw exists(home);
    const reachable = await loadDeployment(context);
    const operator = await chooseOperator(context, options);
    // The configuration comes last: with it the provider counts as made.
    await createPrivateFile(home.saltSecret, `0x${randomBytes(32).toString("hex")}\n`);
    const age = await makeKeyPair(options.postQuantum ? "post-quantum" : "x25519");
    await createPrivateFile(home.ageIdentity, `${age.identity}\n`);
    const { address, key } = operator ?? (await makeOperator(home));
    const { docker, region } = options;
    const document = await describeMachine({
      ...{ name: options.name ?? hostname(), folder: home.folder, oci: docker !== undefined },
      ...(region !== undefined && { region }),
      ...{ retentionDays: RETENTION_DAYS, recipient: age.recipient },
    });
    const text = new TextDecoder().decode(encodeDocument(providerSchema, document));
    await createPrivateFile(home.document, `${text}\n`);
    const config = configFor(
      home,
      reachable,
      key,
      docker === undefined ? undefined : String(docker),
    );
    if (!(await createPrivateFile(home.config, `${JSON.stringify(config, null, 2)}\n`))) {
      throw exists(home);
    }
    return {
      json: { status: "created", operator: address, ...home },
      text: [
        ...formatPairs([
          ["operator", address],
          ["configuration", home.config],
          ["description", home.document],
          ["operator key", "signer" in key ? key.signer.url : key.file],
          ["salt secret", home.saltSecret],
          ["private tasks", home.ageIdentity],
        ]),
        "",
        `Next: deco provider register${inFolder(options.folder)} --stake 5000`,
        "The operator pays for gas: away from local chains give it ETH, for instance by --gas.",
      ],
    };
  });
}

type OperatorKey =
  | { readonly file: string; readonly passwordFile?: string }
  | { readonly signer: { readonly url: string; readonly address: Address } };

interface Operator {
  readonly address: Address;
  readonly key: OperatorKey;
}

/** A key that is there already, here or with a signer; undefined when a new one is wanted. */
async function chooseOperator(
  context: CommandContext,
  { operator, signer }: InitOptions,
): Promise<Operator | undefined> {
  if (signer !== undefined) {
    if (operator === undefined || !isAddress(operator, { strict: false })) {
      throw new CliError("usage", "With --signer, --operator names the key's address.", {
        remedy: "Give --operator 0x…, the address whose key the signer holds.",
      });
    }
    const address = getAddress(operator);
    return { address, key: { signer: { url: signer, address } } };
  }
  if (operator === undefined) return undefined;
  const found = (await listKeystores(context)).find(({ name }) => name === operator);
  if (found === undefined) {
    throw new CliError("account-unknown", `There is no account "${operator}".`, {
      where: keystorePath(context, operator),
      remedy: `Make one with \`deco account new ${operator}\`.`,
    });
  }
  const kept = keptPasswordPath(found.path);
  const passwordFile = existsSync(kept) ? { passwordFile: kept } : {};
  return { address: found.address, key: { file: found.path, ...passwordFile } };
}

/** A new key in a keystore, with its password in a file for unattended starts. */
async function makeOperator(home: ProviderHome): Promise<Operator> {
  const password = randomBytes(24).toString("base64url");
  const privateKey = generatePrivateKey();
  const { address } = privateKeyToAccount(privateKey);
  await createKeystore(home.key, { address, privateKey }, password);
  await createPrivateFile(home.password, `${password}\n`);
  return { address, key: { file: home.key, passwordFile: home.password } };
}

function configFor(
  home: ProviderHome,
  { rpcUrl, deployment }: Reachable,
  key: OperatorKey,
  docker: string | undefined,
): ExecutorConfigInput {
  const { chainId, market, startBlock } = deployment;
  const local = chainId === LOCAL_CHAIN;
  return {
    dataFolder: home.data,
    chain: {
      ...{ id: chainId, endpoints: [rpcUrl], market, startBlock },
      // A local chain has no reorganisations and mines several blocks a second.
      ...(local && { confirmations: 1, pollMillis: 200 }),
    },
    key,
    storage: { gateway: {} },
    engines: { wasm: true, ...(docker !== undefined && { oci: { host: docker } }) },
    ...(local && { timing: { settleStagger: 2, drain: 10 } }),
    retentionDays: RETENTION_DAYS,
  };
}

function exists(home: ProviderHome): CliError {
  return new CliError("provider-exists", "A provider is configured here already.", {
    where: home.config,
    remedy: "Use another --folder for another provider.",
  });
}
