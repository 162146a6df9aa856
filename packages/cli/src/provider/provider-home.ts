import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import type { ExecutorConfig } from "@deco-network/executor";
import { getProviderOf } from "@deco-network/sdk/actions";
import { type Address, getAddress } from "viem";

import { type CommandContext, homeOf } from "../context/command-context.ts";
import { accountIn } from "../context/open-account.ts";
import type { OpenMarket } from "../context/open-market.ts";
import { CliError } from "../errors.ts";

/** Files of one provider on this machine. */
export interface ProviderHome {
  readonly folder: string;
  readonly config: string;
  /** V3 keystore of the operator key, and its password for unattended starts. */
  readonly key: string;
  readonly password: string;
  readonly data: string;
  readonly saltSecret: string;
  /** age identity of private tasks. */
  readonly ageIdentity: string;
  readonly document: string;
}

/** The option by which the next command finds the same provider. */
export function inFolder(folder: string | undefined): string {
  return folder === undefined ? "" : ` --folder ${folder}`;
}

/** @param folder Default: `provider` in the home folder. */
export function providerHome(context: CommandContext, folder: string | undefined): ProviderHome {
  const root = resolve(folder ?? join(homeOf(context), "provider"));
  const data = join(root, "data");
  return {
    folder: root,
    config: join(root, "config.json"),
    key: join(root, "operator.json"),
    password: join(root, "operator.password"),
    data,
    saltSecret: join(data, "salt-secret"),
    ageIdentity: join(data, "age-identity"),
    document: join(root, "provider.json"),
  };
}

/**
 * The configuration that `provider init` wrote, as the operator may have changed it.
 * @throws CliError `provider-missing`; ExecutorError `config-invalid`
 */
export async function readConfig(home: ProviderHome): Promise<ExecutorConfig> {
  let text: string;
  try {
    text = await readFile(home.config, "utf8");
  } catch (cause) {
    throw new CliError("provider-missing", "No provider is configured here.", {
      where: home.config,
      remedy: "Run `deco provider init`, or name its folder with --folder.",
      cause,
    });
  }
  const { parseConfigFile } = await import("@deco-network/executor");
  return parseConfigFile({ path: home.config, text });
}

/** Address of the operator key, without unlocking it where a keystore or the remote signer's settings tell. */
export async function operatorAddress(
  context: CommandContext,
  { key }: ExecutorConfig,
): Promise<Address> {
  if ("signer" in key) return getAddress(key.signer.address);
  const text = await readFile(key.file, "utf8").catch(() => "");
  const stored = /"address"\s*:\s*"(?:0x)?([0-9a-fA-F]{40})"/.exec(text)?.[1];
  if (stored !== undefined) return getAddress(`0x${stored}`);
  return (await accountIn(context, key.file)).address;
}

/**
 * The id under which this machine's operator key works.
 * @throws CliError `provider-unregistered`
 */
export async function registeredProvider(
  { client, deployment }: OpenMarket,
  operator: Address,
): Promise<number> {
  const provider = await getProviderOf(client, { deployment, operator });
  if (provider !== undefined) return provider;
  throw new CliError("provider-unregistered", `No provider has the operator key ${operator}.`, {
    remedy: "Register it with `deco provider register --stake AMOUNT`.",
  });
}
