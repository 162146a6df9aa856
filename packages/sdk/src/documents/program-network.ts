import * as z from "zod";
import { integer } from "./fields.ts";

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
/** A last label without a letter would be an address, and addresses are not asked for by name. */
const DESTINATION = new RegExp(`^(${LABEL}\\.)+(?=[a-z0-9-]*[a-z])${LABEL}:[1-9][0-9]{0,4}$`);
const MAX_PORT = 65_535;

/** `host.name:port`, in lower case: one place that a program may reach. */
const destination = z
  .string()
  .max(260)
  .regex(DESTINATION)
  .refine((value) => portOf(value) <= MAX_PORT, "ports end at 65535");

/** The one way out that a container can be given: a proxy of the provider's, to named places. */
const allowList = z.strictObject({
  /** In ascending order, each once, so that one list has one spelling. */
  allow: z.array(destination).min(1).max(32).refine(isAscending, "must ascend, each once"),
  /** What one run may send and receive in all, in bytes. */
  bytes: integer(1, 2 ** 44),
});

export const noNetwork = z.literal("none");
export const containerNetwork = z.union([noNetwork, allowList]);

function portOf(value: string): number {
  return Number(value.slice(value.lastIndexOf(":") + 1));
}

function isAscending(values: readonly string[]): boolean {
  return values.every((value, index) => index === 0 || (values[index - 1] ?? "") < value);
}
