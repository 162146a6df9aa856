import { ToolError } from "../lib/tool-error.ts";

export const phaseNames = [
  "check",
  "solidity",
  "planted",
  "invariants",
  "mutation",
  "vitest",
  "docker",
] as const;
export type PhaseName = (typeof phaseNames)[number];

/** Phases too long for every run. */
export const nightlyPhases: readonly PhaseName[] = ["planted", "invariants", "mutation"];

export type TestOptions = {
  /** The phases to run, in order; contracts are built first whatever is chosen. */
  phases: readonly PhaseName[];
  json: boolean;
  help: boolean;
};

export const usage = `npm test -- [--only PHASE] [--json]

  --only PHASE  ${phaseNames.join(", ")}; may be repeated;
                without it all, ${nightlyPhases.join(", ")} only with DECO_NIGHTLY=1
  --json        one line of JSON on stdout, everything else on stderr

Environment: DECO_NO_INSTALL=1 forbids installing docker.io, swtpm and tpm2-tools; DECO_REQUIRE_DOCKER=1 makes skipped
container tests a failure.
`;

/** @throws ToolError USAGE for an unknown argument. */
export function parseOptions(
  args: readonly string[],
  nightly = process.env.DECO_NIGHTLY === "1",
): TestOptions {
  const chosen = new Set<PhaseName>();
  const options = { json: false, help: false };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [flag, inline] = arg.split("=", 2);
    if (flag === "--json") options.json = true;
    else if (flag === "--help" || flag === "-h") options.help = true;
    else if (flag === "--only") chosen.add(phaseNamed(inline ?? rest.shift()));
    else throw unknown(`There is no option "${arg}".`);
  }
  const usual = phaseNames.filter((name) => nightly || !nightlyPhases.includes(name));
  const phases = chosen.size === 0 ? usual : phaseNames.filter((name) => chosen.has(name));
  return { ...options, phases };
}

function phaseNamed(value: string | undefined): PhaseName {
  const name = phaseNames.find((candidate) => candidate === value);
  if (name === undefined) throw unknown(`There is no phase "${value ?? ""}".`);
  return name;
}

function unknown(message: string): ToolError {
  return new ToolError({ code: "USAGE", message, remedy: `\n${usage}` });
}
