import type { CircuitDocument, CircuitDraft } from "@deco-network/sdk";

import { type CheckLimits, runCheck } from "../worker/run-check.ts";
import type { Workplace } from "../workplace.ts";
import type { CircuitCheck, CircuitFindings } from "./report.ts";

export interface CheckOptions extends CheckLimits {
  /** Told of each check when it is done. */
  readonly onCheck?: (check: CircuitCheck) => void;
  readonly signal: AbortSignal;
}

/**
 * Checks a circuit before it is published.
 * @param place as `loadCircuit` filled it
 * @throws CircuitsError `limit-exceeded`, `checking-failed`
 */
export async function checkLocalCircuit(
  place: Workplace,
  { name, source, optimisation }: CircuitDraft,
  options: CheckOptions,
): Promise<CircuitFindings> {
  return await check(place, { name, main: source.main, optimisation }, options);
}

/**
 * Checks a published circuit: that everything its document names is as it says.
 * @param place as `fetchCircuit` filled it
 * @throws CircuitsError `limit-exceeded`, `checking-failed`
 */
export async function checkPublishedCircuit(
  place: Workplace,
  { name, source, compiler, constraints, circuit, system }: CircuitDocument,
  options: CheckOptions,
): Promise<CircuitFindings> {
  const { optimisation, circom } = compiler;
  const claimed = { circom, constraints, circuit, system };
  return await check(place, { name, main: source.main, optimisation, claimed }, options);
}

async function check(
  { root, keys, powers, transcript }: Workplace,
  asked: Pick<Parameters<typeof runCheck>[0], "name" | "main" | "optimisation" | "claimed">,
  { onCheck = () => undefined, signal, ...limits }: CheckOptions,
): Promise<CircuitFindings> {
  return await runCheck(
    { ...{ root, keys, powers, transcript }, ...asked },
    limits,
    onCheck,
    signal,
  );
}
