import type { AuditReport, Check, ContentReader } from "@deco-network/audit";
import { askForReceipt, gatewaysOf, readEndpoints } from "@deco-network/requester";
import { openStorage, type Storage } from "@deco-network/storage";
import type { Command } from "commander";
import { createPublicClient, http } from "viem";
import { readRoots } from "../context/attested-key.ts";
import type { CommandContext } from "../context/command-context.ts";
import { openMarket } from "../context/open-market.ts";
import { proofReader } from "../context/proof-reader.ts";
import { EXIT } from "../exit-codes.ts";
import type { Style } from "../output/style.ts";
import { formatTable } from "../output/table.ts";
import type { Cli } from "./cli-action.ts";
import { taskIdOperand, wholeNumber } from "./option-values.ts";

interface VerifyOptions {
  readonly gateway?: readonly string[];
  readonly verbose?: boolean;
  readonly timeout: number;
  readonly root?: readonly string[];
}

export function addVerify(program: Command, cli: Cli): void {
  const command = program
    .command("verify")
    .summary("recompute a task's settlement from chain and content alone")
    .description(
      "Recomputes tickets, votes, disputes with their panels and bonds, payments, slashes, trust, Merkle paths and " +
        "digests of a task, using only an " +
        "RPC endpoint and gateways. A zero-knowledge proof is verified again, off-chain, against its circuit's key; a signature of an attested key against the key's state at that block and its published evidence. Says what it checked and what had to be trusted. Providers' signed receipts are " +
        "checked where they are served; nobody voted on them, so a missing one is no failure.",
    )
    .argument("<task>", "task id")
    .option("--gateway <url...>", "trustless gateways to ask beside the providers'")
    .option("--timeout <seconds>", "longest wait for one block of content", wholeNumber, 15)
    .option("--root <file...>", "certificates of makers of TPMs, for attested results (PEM)")
    .option("--verbose", "list every check, not only those that failed");
  const details = {
    examples: [
      "deco verify 0x1234…",
      "deco verify 0x1234… --gateway https://ipfs.example --verbose",
    ],
    exitCodes: {
      [EXIT.ok]: "everything checked is right",
      [EXIT.negative]: "a check failed or could not be made",
    },
  };
  cli.action<VerifyOptions>(command, details, async (context, options, operand = "") => {
    const taskId = taskIdOperand(operand);
    const { signal } = context;
    const market = await openMarket(context);
    const { rpcUrl, deployment } = market;
    const client = createPublicClient({ transport: http(rpcUrl) });
    const roots = await readRoots(options.root ?? []);
    const endpoints = await readEndpoints(market, { signal });
    const found = gatewaysOf(endpoints);
    const gateways = [...new Set([...(options.gateway ?? []), ...found])];
    const storage = await openStorage({
      ...{ peerToPeer: false, gateways, timeoutMillis: options.timeout * 1_000 },
    });
    try {
      const { auditTask } = await import("@deco-network/audit");
      const report = await auditTask(
        {
          client,
          market: deployment.market,
          startBlock: BigInt(deployment.startBlock),
          content: readerOf(storage),
          proofs: proofReader(storage, deployment, client, roots, signal),
          receipts: {
            getReceipt: (task, provider) => askForReceipt(endpoints, task, provider, signal),
          },
          signal,
        },
        taskId,
      );
      return {
        json: {
          ...report,
          status: report.sound ? "sound" : "unsound",
          task: report.status,
          gateways,
        },
        text: reportText(report, options.verbose === true, context),
        exitCode: report.sound ? EXIT.ok : EXIT.negative,
      };
    } finally {
      await storage.close();
    }
  });
}

/** The audit hashes what it gets; the storage has verified each block before. */
function readerOf(storage: Storage): ContentReader {
  return {
    getDocument: (digest, signal) => storage.getDocument(digest, signal ? { signal } : {}),
    async readFile(cid, maxBytes, signal) {
      const parts: Uint8Array[] = [];
      const limits = { maxBytes, ...(signal && { signal }) };
      for await (const part of storage.readFile(cid, limits)) parts.push(part);
      return Buffer.concat(parts);
    },
  };
}

function reportText(
  { checks, sound, status, receipts, trusted }: AuditReport,
  verbose: boolean,
  { output }: CommandContext,
): string[] {
  const { style } = output;
  const verdict = sound ? style.good("sound") : style.bad("not sound");
  const subjects = [...new Set(checks.map(({ subject }) => subject))];
  const rows = subjects.map((subject) => {
    const of = checks.filter((check) => check.subject === subject);
    const count = (wanted: Check["status"]) => of.filter((check) => check.status === wanted).length;
    return [subject, `${count("passed")}`, `${count("failed")}`, `${count("skipped")}`];
  });
  const listed = verbose ? checks : checks.filter((check) => check.status !== "passed");
  return [
    `The task is ${status}; its record is ${verdict}.`,
    "",
    ...formatTable(["CHECKED", "PASSED", "FAILED", "SKIPPED"], rows),
    ...(listed.length === 0 ? [] : ["", ...listed.map((check) => checkText(check, style))]),
    ...(receipts.length === 0
      ? []
      : [
          "",
          `${receipts.filter(({ served }) => served).length} of ${receipts.length} receipts served.`,
        ]),
    "",
    "Taken on trust:",
    ...trusted.map((item) => `  - ${item}`),
  ];
}

function checkText({ status, subject, name, of, detail }: Check, style: Style): string {
  const paint = { passed: style.good, failed: style.bad, skipped: style.warn }[status];
  const which = of === undefined ? "" : ` of ${of}`;
  return `${paint(status)}  ${subject} ${name}${which}${detail === undefined ? "" : `: ${detail}`}`;
}
