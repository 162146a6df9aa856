import type { DecoDeployment } from "../client/deployment.ts";
import { DecoUsageError } from "../errors/usage-error.ts";
import { deploymentSchema } from "./deployment-schema.ts";

/**
 * Reads a deployment record, such as the content of `deployments/<chainId>.json`.
 * @throws DecoUsageError `deployment-invalid`, naming the member.
 */
export function parseDeployment(value: unknown): DecoDeployment {
  const parsed = deploymentSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const member = issue?.path.join(".") || "the record";
  throw new DecoUsageError("deployment-invalid", `${member}: ${issue?.message ?? "malformed"}`, {
    remedy: "Let `npm run deploy` or `deco devnet` write it again.",
    cause: parsed.error,
  });
}
