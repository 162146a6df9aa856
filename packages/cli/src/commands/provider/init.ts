import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";

import type { ExecutorConfigInput } from "@deco-network/executor";
import { encodeDocument, providerSchema } from "@deco-network/sdk";
import { type Command, Option } from "commander";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

import { loadDeployment, type Reachable } from "../../context/deployment.ts";
import { createKeystore } from "../../context/keystores.ts";
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
    .addOption(
      new Option("--docker [host]", "also run containers").preset("unix:///var/run/docker.sock"),
    );
  const examples = ["deco provider init", "deco provider init --name helios --region DE --docker"];
  cli.action<InitOptions>(command, { examples }, async (context, options) => {
    const home = providerHome(context, options.folder);
    if (existsSync(home.config)) throw exists(home);
    const reachable = await loadDeployment(context);
    const password = randomBytes(24).toString("base64url");
    const privateKey = generatePrivateKey();
    const { address } = privateKeyToAccount(privateKey);
    // The configuration comes last: with it the provider counts as made.
    await createPrivateFile(home.saltSecret, `0x${randomBytes(32).toString("hex")}\n`);
    await createKeystore(home.key, { address, privateKey }, password);
    await createPrivateFile(home.password, `${password}\n`);
    const { docker, region } = options;
    const document = await describeMachine({
      ...{ name: options.name ?? hostname(), folder: home.folder, oci: docker !== undefined },
      ...(region !== undefined && { region }),
      retentionDays: RETENTION_DAYS,
    });
    const text = new TextDecoder().decode(encodeDocument(providerSchema, document));
    await createPrivateFile(home.document, `${text}\n`);
    const config = configFor(home, reachable, docker === undefined ? undefined : String(docker));
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
          ["operator key", home.key],
          ["salt secret", home.saltSecret],
        ]),
        "",
        `Next: deco provider register${inFolder(options.folder)} --stake 5000`,
        "The operator pays for gas: away from local chains give it ETH, for instance by --gas.",
      ],
    };
  });
}

function configFor(
  home: ProviderHome,
  { rpcUrl, deployment }: Reachable,
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
    key: { file: home.key, passwordFile: home.password },
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
