import type { Hex } from "viem";
import { signTypedData } from "viem/actions";
import type { WriteParameters } from "../client/call-market.ts";
import { accountOf } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { offerTypedData } from "../digests/matching.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import type { Offer } from "../matching.ts";

export interface SignOfferParameters extends Pick<WriteParameters, "account" | "deployment"> {
  readonly offer: Offer;
}

/** 65 bytes. */
export type SignOfferReturnType = Hex;

/** What {@link signOffer} throws. */
export type SignOfferErrorType = DecoUsageError;

/**
 * Signs a provider's offer; the account is the provider's operator key.
 * @throws DecoUsageError `account-missing`, `deployment-unknown`.
 */
export async function signOffer(
  client: DecoClient,
  parameters: SignOfferParameters,
): Promise<SignOfferReturnType> {
  const account = accountOf(client, parameters);
  const data = offerTypedData(deploymentOf(client, parameters), parameters.offer);
  return await signTypedData(client, { account, ...data });
}
