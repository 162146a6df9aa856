import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { decoParametersAbi } from "@deco-network/sdk";
import { type Address, getAddress, isAddress } from "viem";
import * as z from "zod";

import { projectRoot } from "../lib/project.ts";
import { ToolError } from "../lib/tool-error.ts";

const address = z
  .string()
  .refine((value) => isAddress(value, { strict: false }), "must be an address")
  .transform((value): Address => getAddress(value));
const amount = z
  .string()
  .regex(/^\d+$/, "must be base units in decimal, as a string")
  .transform(BigInt);
const values = z.record(z.string(), z.union([z.int().min(0), z.boolean()]));

const schema = z.strictObject({
  /** Who may schedule and cancel what the timelock does: a multisig on production chains. */
  proposers: z.array(address),
  /** Seconds between scheduling and execution. */
  delaySeconds: z.int().min(0),
  /** Receiver of protocol fees. */
  treasury: address,
  /** Receiver of the whole supply of DECO. */
  supplyReceiver: address,
  randomness: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.enum(["prevrandao", "block-hash", "none"]) }),
    z.strictObject({ kind: z.literal("other"), address }),
  ]),
  task: values,
  post: values,
  /** Payment tokens; `DECO` stands for the token that is deployed. */
  tokens: z.array(
    z.strictObject({
      token: z.union([z.literal("DECO"), address]),
      lockRate: amount,
      minSettlementFee: amount,
    }),
  ),
});

/** What a deployment is given, beside the chain. */
export type DeploySettings = z.output<typeof schema>;

/** Settings with stand-in addresses, for dry runs. */
export const exampleSettings = join(projectRoot, "scripts", "deploy", "example-settings.json");

/**
 * Reads the settings of a deployment.
 *
 * @throws ToolError SETTINGS_UNREADABLE, SETTINGS_INVALID with the member's name.
 */
export async function loadSettings(path: string): Promise<DeploySettings> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new ToolError({
      code: "SETTINGS_UNREADABLE",
      message: `${path} cannot be read as JSON.`,
      remedy: "Copy scripts/deploy/example-settings.json and change it.",
      cause,
    });
  }
  return parseSettings(json);
}

/** @throws ToolError SETTINGS_INVALID with the member's name. */
export function parseSettings(json: unknown): DeploySettings {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(issue?.path.join(".") || "the file", issue?.message ?? "malformed");
  }
  // What the contract's constructor takes is what must be there: a parameter is never left at zero by accident.
  for (const part of ["task", "post"] as const) {
    const wanted = componentsOf(part);
    const given = Object.keys(parsed.data[part]);
    const missing = wanted.find((name) => !given.includes(name));
    if (missing !== undefined) throw invalid(`${part}.${missing}`, "is missing");
    const unknown = given.find((name) => !wanted.includes(name));
    if (unknown !== undefined) throw invalid(`${part}.${unknown}`, "is no parameter");
  }
  return parsed.data;
}

function componentsOf(part: "task" | "post"): readonly string[] {
  const declared = decoParametersAbi.find((item) => item.type === "constructor");
  const input = declared?.inputs.find(({ name }) => name === part);
  return input !== undefined && "components" in input
    ? input.components.map(({ name }) => name)
    : [];
}

function invalid(member: string, problem: string): ToolError {
  return new ToolError({
    code: "SETTINGS_INVALID",
    message: `${member}: ${problem}.`,
    remedy: "Compare it with scripts/deploy/example-settings.json and docs/DEPLOYMENT.md.",
  });
}
