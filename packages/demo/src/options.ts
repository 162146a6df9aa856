import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { digits, pathTracer } from "@deco-network/examples";

import { DemoError } from "./errors.ts";

export const MAX_DISHONEST = 6;

export interface DemoOptions {
  /** What decides: a vote of replicas, a zero-knowledge proof, or an attested key's signature. */
  readonly policy: "replicated" | "zk" | "attested";
  /** Scene file, or an image of a digit. */
  readonly input: string | URL;
  /** Where the picture goes. */
  readonly output: string;
  readonly engine: "wasm" | "oci" | "auto";
  /** Colluding liars among the executors. */
  readonly dishonest: number;
  /** Leave everything running until interrupted. */
  readonly keep: boolean;
  readonly json: boolean;
}

export const HELP = `Renders a scene on a local Deco network and writes the picture; or has a digit read, with a proof.

  npm run demo                              the default scene, three executors
  npm run demo -- --input scene.json        any scene (packages/examples/src/path-tracer/README.md)
  npm run demo -- --dishonest 1             one liar among them: outvoted and slashed
  npm run demo -- --engine oci              the same in containers
  npm run demo -- --policy zk               a neural network reads a digit; its owner proves the answer, and shows no weights
  npm run demo -- --policy zk --input 7.png any digit: a PNG, or JSON with eight rows of eight numbers from 0 to 7
  npm run demo -- --policy attested         one executor, whose result a key attested by a TPM signs

Flags
  --input FILE       scene to render, or digit to read
  --output FILE      picture to write (default: demo-output/picture.png)
  --engine NAME      wasm (default), oci, or auto: oci where a container engine answers
  --policy NAME      replicated (default), zk, or attested: with a simulated TPM, which protects nothing
  --dishonest N      colluding liars, 0 to ${MAX_DISHONEST}; honest executors are added until they outvote them
  --keep             leave chain and executors running, with addresses for deco commands
  --json             one line of JSON at the end, on standard output
  --help             this text

Exit codes: 0 settled and audited, 1 failed, 2 wrong use, 130 interrupted.
`;

/**
 * Reads the command line.
 * @returns the options, or "help"
 * @throws DemoError `usage`
 */
export function parseOptions(argv: readonly string[]): DemoOptions | "help" {
  const values = parse(argv);
  if (values.help) return "help";
  const dishonest = Number(values.dishonest);
  if (!Number.isInteger(dishonest) || dishonest < 0 || dishonest > MAX_DISHONEST) {
    throw usage(`--dishonest ${values.dishonest} is not a number from 0 to ${MAX_DISHONEST}.`);
  }
  const { engine } = values;
  if (engine !== "wasm" && engine !== "oci" && engine !== "auto") {
    throw usage(`--engine ${engine} is not wasm, oci or auto.`);
  }
  const { policy } = values;
  if (policy !== "replicated" && policy !== "zk" && policy !== "attested") {
    throw usage(`--policy ${policy} is not replicated, zk or attested.`);
  }
  const scenery = (["output", "engine", "dishonest"] as const).find((name) =>
    argv.some((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`)),
  );
  if (policy === "zk" && scenery !== undefined) {
    throw usage(`--${scenery} is for rendering: nothing is drawn or voted on with --policy zk.`);
  }
  if (policy === "attested" && dishonest > 0) {
    throw usage("--dishonest has nobody to collude with where one attested executor works.");
  }
  const byDefault = policy === "zk" ? digits.defaultImage : pathTracer.scenes.cornell;
  return {
    input: values.input === undefined ? byDefault : resolve(values.input),
    output: resolve(values.output),
    ...{ engine, policy, dishonest, keep: values.keep, json: values.json },
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        policy: { type: "string", default: "replicated" },
        input: { type: "string" },
        output: { type: "string", default: "demo-output/picture.png" },
        engine: { type: "string", default: "wasm" },
        dishonest: { type: "string", default: "0" },
        keep: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : String(cause));
  }
}

function usage(message: string): DemoError {
  return new DemoError("usage", message, "See npm run demo -- --help.");
}
