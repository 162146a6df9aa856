import type { Hex } from "viem";
import { signTypedData } from "viem/actions";
import type { WriteParameters } from "../client/call-market.ts";
import { accountOf } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { SealedCommitment } from "../digests/commitment.ts";
import { commitmentTypedData } from "../digests/commitment.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";

export interface SignCommitmentParameters
  extends Pick<WriteParameters, "account" | "deployment">,
    SealedCommitment {}

/** 65 bytes. */
export type SignCommitmentReturnType = Hex;

/** What {@link signCommitment} throws. */
export type SignCommitmentErrorType = DecoUsageError;

/**
 * Signs a commitment for others to bring; the account is the provider's operator key. Sign one only for a seat: whoever
 * has it may bring it.
 * @throws DecoUsageError `account-missing`, `deployment-unknown`.
 */
export async function signCommitment(
  client: DecoClient,
  parameters: SignCommitmentParameters,
): Promise<SignCommitmentReturnType> {
  const account = accountOf(client, parameters);
  const { taskId, round, commitment } = parameters;
  const data = commitmentTypedData(deploymentOf(client, parameters), { taskId, round, commitment });
  return await signTypedData(client, { account, ...data });
}
