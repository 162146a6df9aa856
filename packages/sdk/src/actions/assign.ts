import type { DecoClient } from "../client/deployment.ts";
import type { Match } from "../matching.ts";
import type {
  OpenAndAssignErrorType,
  OpenAndAssignParameters,
  OpenAndAssignReturnType,
} from "./open-and-assign.ts";
import { openAndAssign } from "./open-and-assign.ts";

export interface AssignParameters
  extends Omit<OpenAndAssignParameters, keyof Match>,
    Omit<Match, "signature"> {}
export type AssignReturnType = Omit<OpenAndAssignReturnType, "opened">;

/** What {@link assign} throws. */
export type AssignErrorType = OpenAndAssignErrorType;

/**
 * Gives seats of an open task on its allocator's word, in any round; from any account.
 * @throws DecoContractError as `openAndAssign`.
 */
export async function assign(
  client: DecoClient,
  parameters: AssignParameters,
): Promise<AssignReturnType> {
  return await openAndAssign(client, parameters);
}
