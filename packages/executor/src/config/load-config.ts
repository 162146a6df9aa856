import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import type * as z from "zod";

import { ExecutorError } from "../errors.ts";
import { lineOfField } from "./locate-field.ts";
import { type ExecutorConfig, executorConfigSchema } from "./schema.ts";

/** Fields that the environment or a flag may override; each has one name in all three places. */
const OVERRIDES = {
  dataFolder: ["dataFolder"],
  endpoints: ["chain", "endpoints"],
  market: ["chain", "market"],
  keyFile: ["key", "file"],
  passwordFile: ["key", "passwordFile"],
  logLevel: ["log", "level"],
} as const;
type Override = keyof typeof OVERRIDES;

const PREFIX = "DECO_EXECUTOR_";

/**
 * Reads the configuration: the file named by `--config` (or DECO_EXECUTOR_CONFIG), then the
 * environment, then flags; the later wins.
 * @throws ExecutorError `config-invalid`, naming the field
 */
export async function loadConfig(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<ExecutorConfig> {
  const flags = parseFlags(argv);
  const path = flags["config"] ?? environment[`${PREFIX}CONFIG`];
  const file = path === undefined ? undefined : { path, text: await readText(path) };
  const raw = file === undefined ? {} : parseJson(file);
  const overridden = new Map<string, string>();
  for (const name of Object.keys(OVERRIDES) as Override[]) {
    const flag = flags[kebab(name)];
    const variable = PREFIX + kebab(name).toUpperCase().replaceAll("-", "_");
    const value = flag ?? environment[variable];
    if (value === undefined) continue;
    assign(raw, OVERRIDES[name], value);
    overridden.set(OVERRIDES[name].join("."), flag === undefined ? variable : `--${kebab(name)}`);
  }
  return parseConfig(raw, file, overridden);
}

/** Where a configuration was written. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads a configuration from a file's text.
 * @throws ExecutorError `config-invalid`, naming file, line and field
 */
export function parseConfigFile(file: ConfigFile): ExecutorConfig {
  return parseConfig(parseJson(file), file);
}

/**
 * Validates a configuration that comes from elsewhere.
 * @param file Where it was written, to name the lines
 * @param overridden Fields that come from a flag or variable instead, which is then named
 * @throws ExecutorError `config-invalid`, naming every wrong field
 */
export function parseConfig(
  raw: unknown,
  file?: ConfigFile,
  overridden: ReadonlyMap<string, string> = new Map(),
): ExecutorConfig {
  const parsed = executorConfigSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, file, overridden));
  const [first] = faults;
  throw new ExecutorError("config-invalid", faults.map(({ text }) => text).join("; "), {
    remedy: `Correct ${first?.field}; the fields are described in the executor's config/schema.ts.`,
    cause: parsed.error,
  });
}

function faultsOf(
  issue: z.core.$ZodIssue,
  file: ConfigFile | undefined,
  overridden: ReadonlyMap<string, string>,
): { readonly field: string; readonly text: string }[] {
  const paths =
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => [...issue.path, key])
      : [issue.path];
  return paths.map((path) => {
    const field = path.map(String).join(".") || "(root)";
    const line = file && lineOfField(file.text, path);
    const source = [...overridden].find(([name]) => `${field}.`.startsWith(`${name}.`))?.[1];
    const place = source ?? (file && line !== undefined ? `${file.path}:${line}` : undefined);
    const where = place === undefined ? "" : `${place}: `;
    const message = issue.code === "unrecognized_keys" ? "there is no such field" : issue.message;
    return { field, text: `${where}Configuration field ${field}: ${message}` };
  });
}

function parseFlags(argv: readonly string[]): Record<string, string | undefined> {
  const names = ["config", ...Object.keys(OVERRIDES).map(kebab)];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (cause) {
    throw new ExecutorError("config-invalid", cause instanceof Error ? cause.message : "flags", {
      remedy: `Known flags: ${names.map((name) => `--${name}`).join(", ")}.`,
      cause,
    });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ExecutorError("config-invalid", `${path} cannot be read.`, {
      remedy: "Check the path after --config.",
      cause,
    });
  }
}

/** @throws ExecutorError `config-invalid` when the text is no JSON object */
export function parseJson({ path, text }: ConfigFile): Record<string, unknown> {
  let detail = "it is no object";
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    detail = cause instanceof Error ? cause.message : String(cause);
  }
  throw new ExecutorError("config-invalid", `${path} holds no JSON object: ${detail}`, {
    remedy: "Check commas, quotes and brackets near the place that is named.",
  });
}

function assign(raw: Record<string, unknown>, path: readonly string[], value: string): void {
  const [first = "", second] = path;
  if (second === undefined) {
    raw[first] = value;
    return;
  }
  const inner = typeof raw[first] === "object" && raw[first] !== null ? raw[first] : {};
  raw[first] = { ...inner, [second]: second === "endpoints" ? value.split(",") : value };
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
