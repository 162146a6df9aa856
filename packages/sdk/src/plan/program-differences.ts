import { zeroAddress } from "viem";
import type { ProgramDocument } from "../documents/program.ts";
import type { Request } from "../request.ts";
import type { PlanWarning } from "./warnings.ts";

/** What honest replicas may see differently, where a vote compares them. */
export function programDifferences(
  request: Pick<Request, "policy" | "maxReplicas">,
  program: ProgramDocument,
): PlanWarning[] {
  if (program.engine !== "oci" || request.policy !== zeroAddress || request.maxReplicas === 1) {
    return [];
  }
  const warnings: PlanWarning[] = [];
  if (program.network !== "none") {
    const message =
      "The program reads the network: what it is answered differs by place and moment, and honest replicas may then lose a vote.";
    warnings.push({ code: "network-differs", message });
  }
  if (program.accelerators !== undefined) {
    const message =
      "Accelerators of other models round differently: honest replicas may then lose a vote.";
    warnings.push({ code: "accelerator-differs", message });
  }
  return warnings;
}
