import { ToolError } from "../lib/tool-error.ts";

/**
 * Refuses a Groth16 key to whose second phase nobody contributed: its gamma is its delta, and everybody forges its proofs.
 * @param key As snarkjs exports it.
 */
export function assertContributed(name: string, key: Record<string, unknown>): void {
  if (key["protocol"] !== "groth16") return;
  if (JSON.stringify(key["vk_gamma_2"]) !== JSON.stringify(key["vk_delta_2"])) return;
  throw new ToolError({
    code: "KEY_FORGEABLE",
    message: `Nobody contributed to the key of ${name}: its gamma equals its delta.`,
    remedy: "Contribute to its second phase, then export it again.",
  });
}
