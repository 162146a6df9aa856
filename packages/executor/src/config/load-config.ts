import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { ExecutorError } from "../errors.ts";
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
  const raw = path === undefined ? {} : await readJson(path);
  for (const name of Object.keys(OVERRIDES) as Override[]) {
    const value =
      flags[kebab(name)] ?? environment[PREFIX + kebab(name).toUpperCase().replaceAll("-", "_")];
    if (value !== undefined) assign(raw, OVERRIDES[name], value);
  }
  return parseConfig(raw);
}

/**
 * Validates a configuration that comes from elsewhere.
 * @throws ExecutorError `config-invalid`, naming the field
 */
export function parseConfig(raw: unknown): ExecutorConfig {
  const parsed = executorConfigSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys : [];
  const field = [...(issue?.path ?? []), ...unknown.slice(0, 1)].join(".") || "(root)";
  throw new ExecutorError("config-invalid", `Configuration field ${field}: ${issue?.message}`, {
    remedy: `Correct ${field}; the fields are described in the executor's config/schema.ts.`,
    cause: parsed.error,
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

async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    throw new TypeError("not an object");
  } catch (cause) {
    throw new ExecutorError("config-invalid", `${path} holds no JSON object.`, {
      remedy: "Check the path and the file's syntax.",
      cause,
    });
  }
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
