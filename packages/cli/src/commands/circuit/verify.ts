import type { CircuitCheck, CircuitFindings, Workplace } from "@deco-network/circuits";
import { type CircuitDocument, isCid } from "@deco-network/sdk";
import { listCircuitDescriptions } from "@deco-network/sdk/actions";
import { openStorage, type Storage } from "@deco-network/storage";
import type { Command } from "commander";
import { type Address, type Hash, isAddress, isHash } from "viem";

import type { CommandContext } from "../../context/command-context.ts";
import { openContentSources } from "../../context/content-sources.ts";
import { type OpenMarket, openMarket } from "../../context/open-market.ts";
import { CliError, isCliError } from "../../errors.ts";
import { EXIT } from "../../exit-codes.ts";
import { circuitCheckText } from "../../output/circuit-text.ts";
import type { Cli } from "../cli-action.ts";
import { addressOption, wholeNumber } from "../option-values.ts";
import { limitsOf, withLimits } from "./publish.ts";

interface VerifyOptions {
  readonly policy?: Address;
  readonly document?: string;
  readonly gateway?: readonly string[];
  readonly timeout: number;
  readonly minutes: number;
  readonly memory: number;
}

/** What was asked for, and what the chain says of it. */
interface Subject {
  readonly verifier?: Address;
  /** The id that the operand names. */
  readonly circuit?: Hash;
  /** Documents to try, the likeliest first; none for a file of this machine. */
  readonly documents: readonly string[];
}

/** Of documents that somebody named at a policy: anybody may name any. */
const MOST_DOCUMENTS = 5;

export function addCircuitVerify(group: Command, cli: Cli): void {
  const command = withLimits(
    group.command("verify").summary("build a circuit anew and compare it with what was published"),
  )
    .description(
      "Fetches what a circuit document names, by digest; compiles the source and compares constraints and witness generator; checks powers of tau, proving key, each contribution and the beacons against the transcript; " +
        "that the verification key is the proving key's and forgeable by nobody; and that a contract's code is of that key. Says what passed, what failed, and what has to be trusted all the same.",
    )
    .argument(
      "<circuit>",
      "CID of a circuit document, a circuit's id, a verifier's address, or a file as for publish",
    )
    .option(
      "--policy <address>",
      "zk policy that serves it, and says where its document is",
      addressOption,
    )
    .option("--document <cid>", "its document, when none is named at the policy")
    .option("--gateway <url...>", "trustless gateways to ask beside the providers'")
    .option("--timeout <seconds>", "longest wait for one block of content", wholeNumber, 30);
  const details = {
    examples: [
      "deco circuit verify bafkrei… --gateway https://ipfs.example",
      "deco circuit verify 0x1234… --policy 0x5678…",
    ],
    exitCodes: { [EXIT.ok]: "everything checked is right", [EXIT.negative]: "a check failed" },
  };
  cli.action<VerifyOptions>(command, details, async (context, options, operand = "") => {
    const circuits = await import("@deco-network/circuits");
    const market = await marketFor(context, operand, options);
    const subject = await subjectOf(context, market, operand, options);
    const found =
      subject.documents.length === 0
        ? await checkFile(context, options, operand)
        : await checkDocuments(context, options, market, subject);
    const { findings } = found;
    const { circuit } = findings;
    const checks = findings.checks.map((check) => {
      if (check.name !== "circuit-id" || check.status !== "passed") return check;
      if (subject.circuit === undefined || circuit === subject.circuit) return check;
      const detail = `the document is of ${circuit}, asked was ${subject.circuit}`;
      return { name: check.name, status: "failed", detail } as const;
    });
    const at = { verifier: subject.verifier, policy: options.policy };
    if (market && (at.verifier ?? at.policy)) {
      const deployed = await circuits.checkDeployed(market.client, circuit, at);
      for (const check of deployed) say(context, check);
      checks.push(...deployed);
    }
    const looked = checks.some(({ name }) => name === "verifier-code");
    const trusted = [
      ...(looked ? [] : ["no contract was looked at: give --policy, or a verifier's address"]),
      ...circuits.trustedOf(findings),
    ];
    const sound = circuits.isSound(checks);
    const { style } = context.output;
    return {
      json: {
        ...{ status: sound ? "sound" : "unsound", circuit, checks, trusted },
        ...(found.cid !== undefined && { cid: found.cid }),
      },
      text: [
        `The circuit ${circuit ?? ""} is ${sound ? style.good("sound") : style.bad("not sound")}.`,
        ...checks.map((check) => circuitCheckText(check, style)),
        "",
        "Taken on trust:",
        ...trusted.map((item) => `  - ${item}`),
      ],
      exitCode: sound ? EXIT.ok : EXIT.negative,
    };
  });
}

interface Found {
  readonly findings: CircuitFindings;
  readonly cid?: string;
}

async function checkFile(
  context: CommandContext,
  options: VerifyOptions,
  path: string,
): Promise<Found> {
  const { checkLocalCircuit, inWorkplace, loadCircuit } = await import("@deco-network/circuits");
  return await inWorkplace(async (place) => {
    const draft = await loadCircuit(path, place);
    return { findings: await checkLocalCircuit(place, draft, optionsOf(context, options)) };
  });
}

/** The first document that is sound; when none is, the first that could be had. */
async function checkDocuments(
  context: CommandContext,
  options: VerifyOptions,
  market: OpenMarket | undefined,
  { documents, circuit }: Subject,
): Promise<Found> {
  const { checkPublishedCircuit, fetchCircuit, inWorkplace, isSound, readCircuit } = await import(
    "@deco-network/circuits"
  );
  const { signal } = context;
  const sources = await openContentSources(context, market);
  const gateways = [...(options.gateway ?? []), ...sources.gateways];
  const timeoutMillis = options.timeout * 1_000;
  let storage: Storage | undefined;
  let first: Found | undefined;
  let trouble: unknown;
  try {
    storage = await openStorage({ peerToPeer: false, gateways, timeoutMillis });
    const fetched = storage;
    const checked = async (document: CircuitDocument, place: Workplace) => {
      await fetchCircuit(fetched, document, place, signal);
      return await checkPublishedCircuit(place, document, optionsOf(context, options));
    };
    for (const cid of documents) {
      try {
        const document = await readCircuit(storage, cid, signal);
        // Whoever names a document of something else at a policy costs nobody more than a look.
        if (documents.length > 1 && document.circuit !== circuit) continue;
        const findings = await inWorkplace((place) => checked(document, place));
        first ??= { findings, cid };
        if (isSound(findings.checks)) return { findings, cid };
      } catch (error) {
        signal.throwIfAborted();
        trouble ??= error;
      }
    }
  } finally {
    await storage?.close();
    await sources.close();
  }
  if (first !== undefined) return first;
  throw trouble ?? undescribed(circuit);
}

function optionsOf(context: CommandContext, options: VerifyOptions) {
  const { signal } = context;
  return {
    ...limitsOf(options),
    ...{ onCheck: (check: CircuitCheck) => say(context, check), signal },
  };
}

/** How far it is; what was found is in the answer. */
function say({ output }: CommandContext, { name, status }: CircuitCheck): void {
  if (!output.json) output.say(`${name} ${status}`);
}

async function subjectOf(
  { signal }: CommandContext,
  market: OpenMarket | undefined,
  operand: string,
  { policy, document }: VerifyOptions,
): Promise<Subject> {
  if (isCid(operand)) return { documents: [operand] };
  const onChain = isAddress(operand) || isHash(operand);
  if (!onChain || market === undefined) return { documents: [] };
  const { idOfVerifier } = await import("@deco-network/circuits");
  const { client, deployment } = market;
  const verifier = isAddress(operand) ? operand : undefined;
  const circuit = isHash(operand) ? operand : await idOfVerifier(client, operand as Address);
  if (circuit === undefined) {
    throw new CliError("usage", `There is no contract at ${operand}.`, {
      remedy: "Give the address of a verifier on this chain.",
    });
  }
  const told = { circuit, ...(verifier && { verifier }) };
  if (document !== undefined) return { ...told, documents: [document] };
  if (policy === undefined) {
    throw new CliError("usage", "It is not known where the circuit's document is.", {
      remedy: "Give --policy, at which it was described, or --document.",
    });
  }
  const said = await listCircuitDescriptions(client, { deployment, policy, circuit, signal });
  const { digestToCid } = await import("@deco-network/sdk");
  const documents = said.map((each) => digestToCid(each.document)).reverse();
  if (documents.length === 0) throw undescribed(circuit);
  return { ...told, documents: documents.slice(0, MOST_DOCUMENTS) };
}

function undescribed(circuit: Hash | undefined): CliError {
  return new CliError("usage", "Nobody said at this policy where the circuit's document is.", {
    ...(circuit && { where: circuit }),
    remedy: "Give --document, or publish it: deco circuit publish.",
  });
}

/** Content alone needs no chain; where one is configured, its providers are asked too. */
async function marketFor(
  context: CommandContext,
  operand: string,
  { policy }: VerifyOptions,
): Promise<OpenMarket | undefined> {
  const needed = policy !== undefined || isAddress(operand) || isHash(operand);
  try {
    return await openMarket(context);
  } catch (error) {
    if (needed || !isCliError(error, "deployment-missing")) throw error;
    return undefined;
  }
}
