import type { Hex } from "viem";
import { signTypedData } from "viem/actions";
import type { WriteParameters } from "../client/call-market.ts";
import { accountOf } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import { requestTypedData } from "../digests/task-id.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import type { Request } from "../request.ts";

export interface SignRequestParameters extends Pick<WriteParameters, "account" | "deployment"> {
  readonly request: Request;
}

/** 65 bytes. */
export type SignRequestReturnType = Hex;

/** What {@link signRequest} throws. */
export type SignRequestErrorType = DecoUsageError;

/**
 * Signs a request, so that anyone can open it from the requester's market balance until it expires.
 * @throws DecoUsageError `account-missing`, `deployment-unknown`.
 */
export async function signRequest(
  client: DecoClient,
  parameters: SignRequestParameters,
): Promise<SignRequestReturnType> {
  const account = accountOf(client, parameters);
  const data = requestTypedData(deploymentOf(client, parameters), parameters.request);
  return await signTypedData(client, { account, ...data });
}
