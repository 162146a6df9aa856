import type { Hex } from "viem";
import { signTypedData } from "viem/actions";
import type { WriteParameters } from "../client/call-market.ts";
import { accountOf } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { assignmentTypedData } from "../digests/matching.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import type { Assignment } from "../matching.ts";

export interface SignAssignmentParameters extends Pick<WriteParameters, "account" | "deployment"> {
  readonly assignment: Assignment;
}

/** 65 bytes. */
export type SignAssignmentReturnType = Hex;

/** What {@link signAssignment} throws. */
export type SignAssignmentErrorType = DecoUsageError;

/**
 * Signs who sits in a round of a task; the account is the allocator that the request names.
 * @throws DecoUsageError `account-missing`, `deployment-unknown`.
 */
export async function signAssignment(
  client: DecoClient,
  parameters: SignAssignmentParameters,
): Promise<SignAssignmentReturnType> {
  const account = accountOf(client, parameters);
  const data = assignmentTypedData(deploymentOf(client, parameters), parameters.assignment);
  return await signTypedData(client, { account, ...data });
}
