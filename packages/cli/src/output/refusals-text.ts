import { reasonOf } from "@deco-network/executor/catalogues";
import type { RefusalReport } from "@deco-network/requester";

import { printable } from "./log-text.ts";

/** Why providers take no seat, a line or two for each that says something. */
export function refusalLines(reports: readonly RefusalReport[]): string[] {
  const lines = reports.flatMap((report) => {
    const text = refusalText(report);
    const remedy = remedyOf(report);
    return text === undefined ? [] : [`  ${text}`, ...(remedy ? [`    ${remedy}`] : [])];
  });
  if (lines.length > 0) return ["Why they take no seat, as providers say:", ...lines];
  if (reports.length === 0) return ["No provider describes an address to ask for its reasons."];
  const silent = reports.filter(({ status }) => status === "silent").length;
  return [`${reports.length - silent} of ${reports.length} providers answer; none has a reason.`];
}

/** What one provider says: its last refusal, else what it waits for; undefined for one that says nothing. */
export function refusalText(report: RefusalReport): string | undefined {
  if (report.status === "silent") return undefined;
  const { provider, refusals, waiting } = report;
  const last = refusals.at(-1);
  if (last) {
    const detail = last.detail === undefined ? "" : ` (${printable(last.detail)})`;
    return `provider ${provider} refuses: ${codeText(last.code)}${detail}`;
  }
  return waiting === undefined ? undefined : `provider ${provider} waits: ${codeText(waiting)}`;
}

/** What the requester can do about it. */
function remedyOf(report: RefusalReport): string | undefined {
  if (report.status === "silent") return undefined;
  const code = report.refusals.at(-1)?.code ?? report.waiting;
  return code === undefined ? undefined : reasonOf(code)?.requester;
}

/** A code may be of a newer provider than this command. */
function codeText(code: string): string {
  const means = reasonOf(code)?.means;
  return means === undefined ? code : `${code}: ${means}`;
}
