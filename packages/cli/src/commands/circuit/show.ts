import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Command } from "commander";

import { EXIT } from "../../exit-codes.ts";
import type { Cli } from "../cli-action.ts";

interface ShowOptions {
  readonly signals?: string;
}

const LIMITS = { wallMillis: 600_000, memoryBytes: 2 ** 31 };

export function addCircuitShow(group: Command, cli: Cli): void {
  const command = group
    .command("show")
    .summary("tell a circuit's id, and what signals commit to")
    .description(
      "Computes the id under which policies know the circuit from its verification key. Given private signals, also computes the " +
        "commitments of input and output, by the circuit's own arithmetic: the former belongs into the job's input.",
    )
    .argument("<folder>", "folder with verification-key.json and, for signals, witness.wasm")
    .option("--signals <file>", "JSON object of the circuit's private signals as decimal strings");
  const details = {
    examples: ["deco circuit show keys/cubic", "deco circuit show keys/cubic --signals x.json"],
    exitCodes: { [EXIT.ok]: "the key can be used" },
  };
  cli.action<ShowOptions>(command, details, async ({ signal }, options, folder = "") => {
    const { circuitIdOf, commitmentsOf, commitmentText, parseVerificationKey } = await import(
      "@deco-network/proofs"
    );
    const key = parseVerificationKey(await readFile(join(folder, "verification-key.json")));
    const circuit = circuitIdOf(key);
    const text = [`${key.system} circuit ${circuit}`];
    if (options.signals === undefined) {
      return { json: { status: "ok", circuit, system: key.system }, text, exitCode: EXIT.ok };
    }
    const signals = JSON.parse(await readFile(options.signals, "utf8"));
    const wasm = await readFile(join(folder, "witness.wasm"));
    const witness = new SharedArrayBuffer(wasm.length);
    new Uint8Array(witness).set(wasm);
    const made = await commitmentsOf({ system: key.system, witness }, signals, LIMITS, signal);
    const [input, output] = [commitmentText(made.input), commitmentText(made.output)];
    return {
      json: { status: "ok", circuit, system: key.system, input, output },
      text: [...text, `input  ${input}`, `output ${output}`],
      exitCode: EXIT.ok,
    };
  });
}
