import { encodeFunctionData } from "viem";
import type { WriteParameters, WriteResult } from "../client/call-market.ts";
import { sendCall } from "../client/call-market.ts";
import type { DecoClient } from "../client/deployment.ts";
import { deploymentOf } from "../client/deployment.ts";
import type { DecoContractError } from "../errors/contract-error.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import { decoMarketAbi } from "../generated/abis/deco-market.ts";
import type { Request } from "../request.ts";

export interface AuditParameters extends WriteParameters {
  readonly request: Request;
}

export type AuditReturnType = WriteResult;

/** What {@link audit} throws. */
export type AuditErrorType = DecoContractError | DecoUsageError;

/**
 * Opens the panel that an audit's draw demands, or replaces a draw's lost seed; by anyone. The task's escrow pays.
 * @throws DecoContractError `NoAuditDue`, `NotDrawnForAudit`, `SeedUnknown`, `AlreadyReseeded`, `WrongStatus`.
 */
export async function audit(
  client: DecoClient,
  parameters: AuditParameters,
): Promise<AuditReturnType> {
  const { market } = deploymentOf(client, parameters);
  const data = encodeFunctionData({
    abi: decoMarketAbi,
    functionName: "audit",
    args: [parameters.request],
  });
  return await sendCall(client, parameters, { to: market, data });
}
