import { resolve } from "node:path";

import { hashJob, loadProgram } from "@deco-network/requester";
import type { Command } from "commander";

import { checkProgram, type ProgramCheck } from "../../check/check-program.ts";
import type { RunReport } from "../../check/run-spec.ts";
import { CliError } from "../../errors.ts";
import { EXIT } from "../../exit-codes.ts";
import type { Style } from "../../output/style.ts";
import type { Cli } from "../cli-action.ts";

interface CheckOptions {
  readonly input?: string;
  readonly item?: string;
  readonly docker?: string;
}

export function addProgramCheck(group: Command, cli: Cli): void {
  const command = group
    .command("check")
    .summary("run a program twice and compare its results")
    .description(
      "Runs a program twice in the executor's own engine, under another host name, time, time zone, language " +
        "and core count where this machine allows it, and compares the result digests. Providers whose " +
        "results differ lose stake, and nobody takes such a task twice.",
    )
    .argument("<program>", "program file")
    .option("--input <folder>", "folder shown as /in")
    .option("--item <file>", "an item of a bag, shown as /item")
    .option(
      "--docker <host>",
      "container engine for oci programs, e.g. unix:///var/run/docker.sock",
    );
  const details = {
    examples: [
      "deco program check program.json --input sample",
      "deco program check p.json --item tile0.json",
    ],
    exitCodes: {
      [EXIT.ok]: "both results are the same",
      [EXIT.negative]: "they differ, or it did not run",
    },
  };
  cli.action<CheckOptions>(command, details, async (context, options, path = "") => {
    const { signal, output } = context;
    const source = await loadProgram(path);
    const { programDocument: program } = await hashJob({ program: source }, { signal });
    const artefact = "artefact" in source ? source.artefact : undefined;
    if (typeof artefact !== "string" && needsArtefact(program)) {
      throw new CliError("usage", "The program names its module or image by CID.", {
        where: path,
        remedy: `Check the draft that names a file: "module": { "file": "…" }.`,
      });
    }
    output.say("running the program twice");
    const check = await checkProgram(
      {
        program,
        ...(typeof artefact === "string" && { artefact }),
        ...(options.input !== undefined && { input: resolve(options.input) }),
        ...(options.item !== undefined && { item: resolve(options.item) }),
        ...(options.docker !== undefined && { docker: options.docker }),
      },
      signal,
    );
    const status = check.agree ? "same" : completed(check) ? "different" : "did-not-run";
    return {
      json: { status, ...check },
      text: checkText(check, output.style),
      exitCode: check.agree ? EXIT.ok : EXIT.negative,
    };
  });
}

function needsArtefact(program: { readonly engine: string; readonly image?: object }): boolean {
  return program.image === undefined || !("registry" in program.image);
}

function completed({ first, second }: ProgramCheck): boolean {
  return first.kind === "completed" && second.kind === "completed";
}

function checkText(check: ProgramCheck, style: Style): string[] {
  const { first, second, agree, varied, same, hidden } = check;
  const verdict = agree
    ? style.good("Both runs came to the same result.")
    : completed(check)
      ? style.bad("The two runs came to different results: do not post this program.")
      : style.bad("The program did not run.");
  return [
    verdict,
    `  first   ${reportText(first)}`,
    `  second  ${reportText(second)}`,
    `Varied: ${varied.join(", ")}.`,
    ...(hidden.length === 0
      ? []
      : [`Hidden by the sandbox, alike for every program: ${hidden.join(", ")}.`]),
    ...(same.length === 0
      ? []
      : [style.warn(`Could not be varied on this machine: ${same.join(", ")}.`)]),
    ...(completed(check) && first.kind === "completed" && first.exitCode !== 0
      ? [style.warn(`It ended with code ${first.exitCode}.`), first.stderr.trimEnd()]
      : []),
  ];
}

function reportText(report: RunReport): string {
  if (report.kind === "completed") {
    const { digest, exitCode, fault, outputBytes, wallMillis } = report;
    const ending = fault === undefined ? `code ${exitCode}` : `fault ${fault}`;
    return `${digest}  ${ending}, ${outputBytes} bytes, ${wallMillis} ms`;
  }
  return report.kind === "abstained"
    ? `abstained: ${report.reason}: ${report.detail}`
    : `refused: ${report.detail} ${report.remedy}`;
}
