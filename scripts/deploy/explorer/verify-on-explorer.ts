import { setTimeout as sleep } from "node:timers/promises";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { type Abi, encodeAbiParameters } from "viem";
import * as z from "zod";

import { ToolError } from "../../lib/tool-error.ts";
import type { DeployedContract } from "../contracts.ts";
import { standardInputOf } from "./standard-input.ts";

/** An explorer with Etherscan's verification API. */
export interface ExplorerAccess {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly chainId: number;
  /** Milliseconds between questions whether a verification has ended; default 3,000. */
  readonly pollMillis?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const answerSchema = z.object({ status: z.string(), result: z.unknown() });
/** Explorers answer this while a contract's code has not reached them, and while the queue is long. */
const PENDING = /pending|unable to locate/i;
const DONE = /already verified|pass - verified/i;
const ATTEMPTS = 40;

/**
 * Gives the explorer each contract's sources as standard JSON input, so that it compiles them itself and shows them. What is
 * verified already stays so: the function can be called again. (Hardhat's own plugin refuses code without metadata.)
 *
 * @throws ToolError EXPLORER_REFUSED when the explorer compiles something else, EXPLORER_SILENT
 */
export async function verifyOnExplorer(
  environment: HardhatRuntimeEnvironment,
  contracts: readonly DeployedContract[],
  access: ExplorerAccess,
): Promise<void> {
  for (const contract of contracts) {
    const { input, contractName, compilerVersion } = await standardInputOf(
      environment,
      contract.qualifiedName,
    );
    const { abi } = await environment.artifacts.readArtifact(contract.qualifiedName);
    const form = {
      contractaddress: contract.address,
      sourceCode: JSON.stringify(input),
      codeformat: "solidity-standard-json-input",
      contractname: contractName,
      compilerversion: compilerVersion,
      // The API's own spelling.
      constructorArguements: constructorArgs(abi as Abi, contract.args),
    };
    const submitted = await untilAnswered(access, contract, () =>
      ask(access, { action: "verifysourcecode" }, form),
    );
    if (DONE.test(submitted)) continue;
    const verdict = await untilAnswered(access, contract, () =>
      ask(access, { action: "checkverifystatus", guid: submitted }),
    );
    if (!DONE.test(verdict)) throw refused(contract, verdict);
  }
}

/** Repeats a question while the answer is that it is too early. */
async function untilAnswered(
  { pollMillis = 3_000, signal }: ExplorerAccess,
  contract: DeployedContract,
  question: () => Promise<string>,
): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const answer = await question();
    if (!PENDING.test(answer)) return answer;
    await sleep(pollMillis, undefined, { signal });
  }
  throw refused(contract, "no verdict in time");
}

/** The text of the API's answer, whatever its status: it says there what it thinks. */
async function ask(
  { apiUrl, apiKey, chainId, signal }: ExplorerAccess,
  query: Readonly<Record<string, string>>,
  form?: Readonly<Record<string, string>>,
): Promise<string> {
  const url = new URL(apiUrl);
  const all = { module: "contract", chainid: String(chainId), apikey: apiKey, ...query };
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  try {
    const response = await fetch(url, {
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
      signal: signal ?? AbortSignal.timeout(60_000),
    });
    const { result } = answerSchema.parse(await response.json());
    return String(result);
  } catch (cause) {
    throw new ToolError({
      code: "EXPLORER_SILENT",
      message: `${apiUrl} gives no answer that makes sense.`,
      remedy: "The deployment stands. Run the same command again later.",
      cause,
    });
  }
}

function constructorArgs(abi: Abi, args: readonly unknown[]): string {
  const declared = abi.find((item) => item.type === "constructor");
  if (declared === undefined) return "";
  return encodeAbiParameters(declared.inputs, args).slice(2);
}

function refused({ name, address }: DeployedContract, verdict: string): ToolError {
  return new ToolError({
    code: "EXPLORER_REFUSED",
    message: `${name} at ${address}: ${verdict}.`,
    remedy: "The deployment stands. Check ETHERSCAN_API_KEY, and run the same command again.",
  });
}
