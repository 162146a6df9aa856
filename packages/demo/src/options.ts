import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { digits, encrypted, pathTracer } from "@deco-network/examples";

import { DemoError } from "./errors.ts";

export const MAX_DISHONEST = 6;

export interface DemoOptions {
  /** What decides: a vote of replicas, a zero-knowledge proof, or an attested key's signature. */
  readonly policy: "replicated" | "zk" | "attested";
  /** Compute on a table that stays encrypted, instead of rendering. */
  readonly encrypted: boolean;
  /** Scene file, image of a digit, or table. */
  readonly input: string | URL;
  /** Where the picture goes, or the answer. */
  readonly output: string;
  readonly engine: "wasm" | "oci" | "auto";
  /** Colluding liars among the executors. */
  readonly dishonest: number;
  /** Leave everything running until interrupted. */
  readonly keep: boolean;
  readonly json: boolean;
}

export const HELP = `Renders a scene on a local Deco network and writes the picture; or has a digit read, with a proof; or a table computed on that stays encrypted.

  npm run demo                              the default scene, three executors
  npm run demo -- --input scene.json        any scene (packages/examples/src/path-tracer/README.md)
  npm run demo -- --dishonest 1             one liar among them: outvoted and slashed
  npm run demo -- --engine oci              the same in containers
  npm run demo -- --policy zk               a neural network reads a digit; its owner proves the answer, and shows no weights
  npm run demo -- --policy zk --input 7.png any digit: a PNG, or JSON with eight rows of eight numbers from 0 to 7
  npm run demo -- --policy attested         one executor, whose result a key attested by a TPM signs
  npm run demo -- --encrypted               statistics and a linear model of a table that providers cannot read
  npm run demo -- --encrypted --input t.csv your table (packages/examples/src/encrypted/README.md)

Flags
  --input FILE       scene to render, digit to read, or table to encrypt
  --output FILE      picture or answer to write (default: demo-output/picture.png, or demo-output/answer.json)
  --engine NAME      wasm (default), oci, or auto: oci where a container engine answers
  --policy NAME      replicated (default), zk, or attested: with a simulated TPM, which protects nothing
  --encrypted        homomorphic encryption: compute on ciphertexts
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
  const given = (name: string) =>
    argv.some((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`));
  const scenery = ["output", "engine", "dishonest"].find(given);
  if (policy === "zk" && scenery !== undefined) {
    throw usage(`--${scenery} is for rendering: nothing is drawn or voted on with --policy zk.`);
  }
  if (policy === "attested" && dishonest > 0) {
    throw usage("--dishonest has nobody to collude with where one attested executor works.");
  }
  const other = ["policy", "engine"].find(given);
  if (values.encrypted && other !== undefined) {
    throw usage(`--${other} cannot be chosen with --encrypted: replicas vote, in the wasm engine.`);
  }
  const [byDefault, output] = defaultsOf(policy, values.encrypted);
  return {
    input: values.input === undefined ? byDefault : resolve(values.input),
    output: resolve(values.output ?? output),
    ...{ engine, policy, dishonest, encrypted: values.encrypted },
    ...{ keep: values.keep, json: values.json },
  };
}

/** Input and output when none are named. */
function defaultsOf(policy: DemoOptions["policy"], isEncrypted: boolean): [URL, string] {
  if (isEncrypted) return [encrypted.defaultTable, "demo-output/answer.json"];
  const input = policy === "zk" ? digits.defaultImage : pathTracer.scenes.cornell;
  return [input, "demo-output/picture.png"];
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        policy: { type: "string", default: "replicated" },
        input: { type: "string" },
        output: { type: "string" },
        encrypted: { type: "boolean", default: false },
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
