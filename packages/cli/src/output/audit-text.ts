import type { AuditorEvent, InconclusiveReason, WithheldReason } from "@deco-network/auditor";

import { describeError } from "../describe-error.ts";
import { DECO, formatAmount, formatMoment, type Unit } from "./format.ts";

const WITHHELD: Readonly<Record<WithheldReason, string>> = {
  "dry-run": "not appealed: this is a dry run",
  budget: "not appealed: the bond would exceed the budget",
  token: "not appealed: the task is paid in another token than the budget",
  "already-disputed": "not appealed: a dispute over it is open or decided",
  balance: "not appealed: the account does not hold the bond",
  "window-over": "not appealed: the challenge window is over",
};

const INCONCLUSIVE: Readonly<Record<InconclusiveReason, string>> = {
  "content-unavailable": "its content cannot be had",
  "content-invalid": "its content cannot be used",
  "cannot-run": "it cannot be run here",
  unstable: "two runs here differ",
  "window-over": "the challenge window is over",
};

/** What an auditor has done, in a sentence. */
export function auditText(event: AuditorEvent, unit: Unit): string {
  if (event.event === "trouble") {
    return `trouble while ${event.doing}, trying again: ${describeError(event.error).message}`;
  }
  return `${event.taskId}: ${sentence(event, unit)}`;
}

function sentence(event: Exclude<AuditorEvent, { event: "trouble" }>, unit: Unit): string {
  switch (event.event) {
    case "passed-over":
      return "accepted, not drawn";
    case "chosen":
      return `drawn: ${itemsText(event.items)} to run again, appeals until ${formatMoment(event.closesAt)}`;
    case "right":
      return `right: ${itemsText(event.items)} gave what was accepted`;
    case "wrong":
      return `WRONG: item ${event.item} is ${event.computed}, accepted was ${event.accepted}`;
    case "inconclusive":
      return `no answer, ${INCONCLUSIVE[event.reason]}: ${event.detail}`;
    case "appeal-costs": {
      const { bond, atRisk, budget } = event;
      const amounts = [bond, atRisk, budget].map((amount) => formatAmount(amount, unit));
      return `an appeal costs a bond of ${amounts[0]} and gas; ${amounts[1]} of ${amounts[2]} are at risk already`;
    }
    case "appeal-withheld":
      return WITHHELD[event.reason];
    case "appealed":
      return `appealed as dispute ${event.dispute}, with a bond of ${formatAmount(event.bond, unit)}`;
    case "panel-decided": {
      const what = event.overturned ? "overturned the result" : "upheld the result";
      return `panel ${event.level} of dispute ${event.dispute} ${what}: ${event.decision}`;
    }
    case "appeal-resolved": {
      const [returned, awarded] = [
        formatAmount(event.returned, unit),
        formatAmount(event.awarded, DECO),
      ];
      return `dispute ${event.dispute} ended, the appeal was ${event.verdict}: ${returned} of the bond returned, ${awarded} awarded`;
    }
  }
}

function itemsText(items: readonly number[]): string {
  if (items.length === 1) return `item ${items[0]}`;
  return `items ${items.join(", ")}`;
}
