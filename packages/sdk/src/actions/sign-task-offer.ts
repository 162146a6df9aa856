import type { Hex } from "viem";
import { signTypedData } from "viem/actions";
import type { WriteParameters } from "../client/call-market.ts";
import { accountOf } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { taskOfferTypedData } from "../digests/matching.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import type { TaskOffer } from "../matching.ts";

export interface SignTaskOfferParameters extends Pick<WriteParameters, "account" | "deployment"> {
  readonly offer: TaskOffer;
}

/** 65 bytes. */
export type SignTaskOfferReturnType = Hex;

/** What {@link signTaskOffer} throws. */
export type SignTaskOfferErrorType = DecoUsageError;

/**
 * Signs a provider's offer for one task; the account is the provider's operator key.
 * @throws DecoUsageError `account-missing`, `deployment-unknown`.
 */
export async function signTaskOffer(
  client: DecoClient,
  parameters: SignTaskOfferParameters,
): Promise<SignTaskOfferReturnType> {
  const account = accountOf(client, parameters);
  const data = taskOfferTypedData(deploymentOf(client, parameters), parameters.offer);
  return await signTypedData(client, { account, ...data });
}
