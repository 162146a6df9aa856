import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import type { Deployment } from "@deco-network/devnet";
import { type DecoDeployment, deploymentSchema, deployments } from "@deco-network/sdk";
import { createClient, http } from "viem";
import { getChainId } from "viem/actions";
import { z } from "zod";

import { CliError } from "../errors.ts";
import { type CommandContext, homeOf } from "./command-context.ts";

/** A market's record, and the node that its chain is reached by. */
const reachableSchema = deploymentSchema.extend({ rpcUrl: z.url({ protocol: /^https?$/ }) });

/** A market and where its chain is reached. */
export interface Reachable {
  readonly rpcUrl: string;
  readonly deployment: DecoDeployment;
}

/** The file that `deco devnet` leaves behind, so that other commands need no flags. */
export function deploymentFileOf(context: CommandContext): string {
  return join(homeOf(context), "deployment.json");
}

/**
 * The market that a command is meant for: `--deployment`, `DECO_DEPLOYMENT`, the file in the home
 * folder, or, with `--rpc` alone, the one known on that chain. `--rpc` always names the node.
 * @throws CliError `deployment-missing`, `deployment-invalid`
 */
export async function loadDeployment(context: CommandContext): Promise<Reachable> {
  const { options, environment } = context;
  const named = options.deployment ?? environment["DECO_DEPLOYMENT"];
  const path = named === undefined ? deploymentFileOf(context) : resolve(named);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (named === undefined && isMissing(cause)) return undefined;
    throw new CliError("deployment-missing", "The deployment file cannot be read.", {
      where: path,
      remedy: "Check the path after --deployment.",
      cause,
    });
  });
  if (text === undefined) return knownAt(options.rpc, path);
  const { rpcUrl, ...deployment } = parse(path, text);
  return { rpcUrl: options.rpc ?? rpcUrl, deployment };
}

/**
 * Makes sure that a local chain may become what commands of this home folder mean.
 * @throws CliError `deployment-exists` when they mean another chain
 */
export async function requireHomeFor(context: CommandContext, chainId: number): Promise<void> {
  const path = deploymentFileOf(context);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined || parse(path, text).chainId === chainId) return;
  throw new CliError("deployment-exists", "This home folder belongs to another chain.", {
    where: path,
    remedy: "Use another folder with --home (or DECO_HOME) for the local chain.",
  });
}

/** Leaves a deployment in the home folder. */
export async function rememberDeployment(
  context: CommandContext,
  deployment: Deployment,
): Promise<string> {
  const path = deploymentFileOf(context);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { writeDeployment } = await import("@deco-network/devnet");
  await writeDeployment(path, deployment);
  return path;
}

async function knownAt(rpcUrl: string | undefined, path: string): Promise<Reachable> {
  if (rpcUrl !== undefined) {
    const chainId = await getChainId(createClient({ transport: http(rpcUrl) }));
    const deployment = deployments[chainId];
    if (deployment !== undefined) return { rpcUrl, deployment };
  }
  throw new CliError("deployment-missing", "It is not known where the market is.", {
    where: path,
    remedy: "Start a local one with `deco devnet`, or name a deployment file with --deployment.",
  });
}

function parse(path: string, text: string): z.output<typeof reachableSchema> {
  try {
    return reachableSchema.parse(JSON.parse(text));
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const detail =
      issue === undefined ? "it is no JSON" : `${issue.path.join(".")}: ${issue.message}`;
    throw new CliError("deployment-invalid", `The deployment file is malformed: ${detail}.`, {
      where: path,
      remedy: "Let `deco devnet` or the deploying script write it again.",
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
