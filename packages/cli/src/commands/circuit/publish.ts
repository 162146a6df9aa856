import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  CircuitFindings,
  CircuitSink,
  PublishedCircuit,
  Workplace,
} from "@deco-network/circuits";
import type { CircuitDraft } from "@deco-network/sdk";
import { listCircuitDescriptions } from "@deco-network/sdk/actions";
import { openStorage } from "@deco-network/storage";
import type { Command } from "commander";
import type { Address } from "viem";

import type { CommandContext } from "../../context/command-context.ts";
import { storeFolder } from "../../context/content-sources.ts";
import { openAccount } from "../../context/open-account.ts";
import { openMarket } from "../../context/open-market.ts";
import {
  describeCircuit,
  registerCircuit,
  registeredCircuit,
} from "../../context/register-circuit.ts";
import { EXIT } from "../../exit-codes.ts";
import { circuitCheckText } from "../../output/circuit-text.ts";
import { formatPairs } from "../../output/table.ts";
import type { Cli } from "../cli-action.ts";
import { addressOption, wholeNumber } from "../option-values.ts";

interface PublishOptions {
  readonly policy?: Address;
  readonly kubo?: string;
  readonly dryRun?: boolean;
  readonly minutes: number;
  readonly memory: number;
}

/** What happens at the policy, or would. */
interface OnChain {
  readonly verifier?: Address;
  readonly steps: readonly Step[];
}
type Step = "deploy" | "register" | "describe";

export function addCircuitPublish(group: Command, cli: Cli): void {
  const command = withLimits(
    group
      .command("publish")
      .summary("check a circuit, store everything that it is made of, and have a policy serve it"),
  )
    .description(
      "Compiles the source again and compares, checks the powers of tau, the proving key with each contribution to it, and the verification key; refuses keys " +
        "to which nobody contributed. Then stores source, keys, witness generator, powers and transcript in the home folder, and a circuit document that names them. With --policy also deploys the verifier, " +
        "registers it, and says there where the document is. Anybody may. What is done already is not done again.",
    )
    .argument("<circuit>", "file that describes it (docs/DOCUMENTS.md, circuit/1)")
    .option("--policy <address>", "the zk policy; without it nothing is sent", addressOption)
    .option("--kubo <url>", "RPC API of a Kubo daemon that is to keep it too")
    .option("--dry-run", "check, and say what would be stored and sent");
  const details = {
    examples: [
      "deco circuit publish circuits/main/cubic.json --dry-run",
      "deco circuit publish circuits/main/cubic.json --policy 0x1234… --kubo http://127.0.0.1:5001",
    ],
    exitCodes: { [EXIT.negative]: "a check failed; nothing was stored or sent" },
  };
  cli.action<PublishOptions>(command, details, async (context, options, path = "") => {
    const circuits = await import("@deco-network/circuits");
    const { signal, output } = context;
    return await circuits.inWorkplace(async (place) => {
      const draft = await circuits.loadCircuit(path, place);
      const findings = await circuits.checkLocalCircuit(place, draft, {
        ...limitsOf(options),
        onCheck: (check) => output.say(circuitCheckText(check, output.progressStyle)),
        signal,
      });
      const { checks } = findings;
      if (!circuits.isSound(checks)) {
        return {
          json: { status: "unsound", name: draft.name, checks },
          text: ["The circuit is not sound. Nothing was stored or sent."],
          exitCode: EXIT.negative,
        };
      }
      const published = await stored(context, options, place, draft, findings);
      const chain =
        options.policy === undefined
          ? undefined
          : await onChain(context, options.policy, place, published, options.dryRun === true);
      return answer(options, published, findings, chain);
    });
  });
}

/** Options that bound what somebody else's files may take. */
export function withLimits(command: Command): Command {
  return command
    .option("--minutes <count>", "longest time for all checks", wholeNumber, 60)
    .option("--memory <megabytes>", "most memory for them", wholeNumber, 4_096);
}

export function limitsOf({ minutes, memory }: Pick<PublishOptions, "minutes" | "memory">) {
  return { wallMillis: minutes * 60_000, memoryBytes: memory * 2 ** 20 };
}

async function stored(
  context: CommandContext,
  { dryRun, kubo }: PublishOptions,
  place: Workplace,
  draft: CircuitDraft,
  findings: CircuitFindings,
): Promise<PublishedCircuit> {
  const { hashingSink, keepInKubo, publishCircuit, sinkOf } = await import(
    "@deco-network/circuits"
  );
  const { signal } = context;
  const publish = (sink: CircuitSink) => publishCircuit(sink, place, draft, findings);
  if (dryRun) return await publish(hashingSink(signal));
  const storage = await openStorage({ folder: storeFolder(context), peerToPeer: false });
  try {
    const published = await publish(sinkOf(storage, signal));
    if (kubo !== undefined) await keepInKubo(kubo, place, draft, findings, signal);
    return published;
  } finally {
    await storage.close();
  }
}

async function onChain(
  context: CommandContext,
  policy: Address,
  place: Workplace,
  { document: { circuit }, digest }: PublishedCircuit & { document: { circuit: string } },
  dryRun: boolean,
): Promise<OnChain> {
  const { signal } = context;
  const id = circuit as `0x${string}`;
  const account = dryRun ? undefined : await openAccount(context);
  const market = await openMarket(context, account);
  const { deployment, client } = market;
  const known = await registeredCircuit(market, policy, id);
  const said = await listCircuitDescriptions(client, { deployment, policy, circuit: id, signal });
  const described = said.some(({ document }) => document === digest);
  const steps: Step[] = [
    ...(known === undefined ? (["deploy", "register"] as const) : []),
    ...(described ? [] : (["describe"] as const)),
  ];
  if (account === undefined) return { steps, ...(known && { verifier: known }) };
  const { parseVerificationKey } = await import("@deco-network/proofs");
  const key = parseVerificationKey(await readFile(join(place.keys, "verification-key.json")));
  const { verifier } = await registerCircuit(market, account, policy, key, signal);
  if (!described) {
    await describeCircuit(market, account, policy, { circuit: id, document: digest }, signal);
  }
  return { verifier, steps };
}

function answer(
  { dryRun, kubo }: PublishOptions,
  { document, cid, digest }: PublishedCircuit,
  { checks }: CircuitFindings,
  chain: OnChain | undefined,
) {
  const { circuit, name, system, keys } = document;
  const would = dryRun ? "would be " : "";
  const sent = chain && (chain.steps.length === 0 ? "nothing" : chain.steps.join(", "));
  return {
    json: {
      ...{ status: dryRun ? "dry-run" : "published", circuit, name, system, cid, digest },
      ...{
        document,
        checks,
        kept: dryRun ? [] : ["store", ...(kubo === undefined ? [] : ["kubo"])],
      },
      ...(chain && { chain }),
    },
    text: [
      ...formatPairs([
        ["circuit", circuit],
        ["document", cid],
        ["digest", digest],
        ["keys", keys],
        ...(chain?.verifier ? ([["verifier", chain.verifier]] as const) : []),
        ...(sent === undefined ? [] : ([[`${would}sent`, sent]] as const)),
      ]),
      dryRun
        ? "The circuit is sound. Nothing was stored or sent."
        : `In a program: "circuit": "${keys}". Anybody checks it: deco circuit verify ${cid}`,
    ],
  };
}
