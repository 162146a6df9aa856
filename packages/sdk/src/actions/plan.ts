import type { DecoClient, DecoParameters } from "../client/deployment.ts";
import type { ProgramDocument } from "../documents/program.ts";
import type { ProviderDocument } from "../documents/provider.ts";
import type { DecoUsageError } from "../errors/usage-error.ts";
import type { Plan } from "../plan/plan-task.ts";
import { planTask } from "../plan/plan-task.ts";
import type { Request } from "../request.ts";
import { getMarketState } from "./get-market-state.ts";
import { getPolicy } from "./get-policy.ts";

export interface PlanParameters extends DecoParameters {
  readonly request: Request;
  /** Without it engine, memory and running time are not judged. */
  readonly program?: ProgramDocument | undefined;
  /** Providers' metadata by id, as far as it was fetched and verified. */
  readonly metadata?: ReadonlyMap<number, ProviderDocument> | undefined;
  /** Whether only seated providers may read the input; default: anybody may. */
  readonly isPrivate?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
export type PlanReturnType = Plan;

/** What {@link plan} throws. */
export type PlanErrorType = DecoUsageError;

/**
 * What a request would cost, who could run it, when it would end and how safe its result would be.
 * @throws DecoUsageError `deployment-unknown`, `aborted`.
 */
export async function plan(
  client: DecoClient,
  parameters: PlanParameters,
): Promise<PlanReturnType> {
  const { request, program, metadata, isPrivate } = parameters;
  const state = await getMarketState(client, { ...parameters, token: request.token });
  const named = BigInt(request.policy) !== 0n;
  const policy = named
    ? await getPolicy(client, {
        deployment: parameters.deployment,
        ...{ policy: request.policy, policyData: request.policyData },
      })
    : undefined;
  return planTask({ request, state: { ...state, policy }, program, metadata, isPrivate });
}
