import * as z from "zod";

import { AllocatorError } from "./errors.ts";

const millis = z.int().positive();

/** What an operator can set; everything has a default. */
export const allocatorSettingsSchema = z.strictObject({
  /** Multiaddrs to listen on. */
  listen: z.array(z.string().min(1)).min(1).default(["/ip4/127.0.0.1/tcp/0"]),
  /** Seconds for which requests should leave it the seats of a round; told to requesters who ask. */
  windowSeconds: z.int().min(5).max(86_400).default(60),
  /** Seconds for which it tries to open a request before it refuses it. */
  patienceSeconds: z.int().min(5).max(86_400).default(120),
  /** Orders that may be under way at the same time; more are told to come back. */
  maxOrders: z.int().min(1).default(1_000),
  /** Orders for which offers are gathered at the same time. */
  matchesAtOnce: z.int().min(1).max(64).default(4),
  /** Executors asked for every seat: more compete, and reserve capacity in vain. */
  askedPerSeat: z.int().min(1).max(16).default(3),
  /** Longest wait for an executor's offer: it fetches program and input first. */
  offerMillis: millis.default(30_000),
  /** Seconds after which an executor that sends no heartbeat is forgotten. */
  forgetSeconds: z.int().min(1).default(60),
  pollMillis: millis.default(1_000),
  /** Blocks without inclusion after which a fee is raised. */
  bumpAfterBlocks: z.int().min(1).default(6),
  /** Blocks, the including one counted, after which an opening is final. */
  confirmations: z.int().min(1).default(12),
});
export type AllocatorSettingsInput = z.input<typeof allocatorSettingsSchema>;
export type AllocatorSettings = z.output<typeof allocatorSettingsSchema>;

/** @throws AllocatorError `config-invalid`, naming the setting */
export function parseSettings(raw: unknown): AllocatorSettings {
  const parsed = allocatorSettingsSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys : [];
  const field = [...(issue?.path ?? []), ...unknown.slice(0, 1)].join(".") || "(root)";
  throw new AllocatorError("config-invalid", `Setting ${field}: ${issue?.message}`, {
    remedy: `Correct ${field}; docs/CLI.md lists the settings of an allocator.`,
    cause: parsed.error,
  });
}
