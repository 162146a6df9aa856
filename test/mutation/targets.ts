interface Target {
  /** What is mutated. */
  readonly files: readonly string[];
  /** Entry points whose tests see most of its mutants: they run first. */
  readonly tests: readonly string[];
}

/** Accounting, seats, voting, proofs, panels, and the words that they are stored in. */
export const targets = {
  accounting: {
    files: [
      "contracts/libraries/Accounting.sol",
      "contracts/market/Endings.sol",
      "contracts/market/Funds.sol",
      "contracts/market/Closings.sol",
      "contracts/market/extension/Accounts.sol",
      "contracts/types/Panel.sol",
    ],
    tests: [
      ...["Audit", "Deposit", "Expire", "Finalize", "PostDelayed", "Royalties", "Settle"],
      ...["SettleAgreed", "VerifyResult", "WeirdTokens", "Withdraw", "WithdrawEarnings"],
    ],
  },
  seats: {
    files: [
      "contracts/libraries/Sortition.sol",
      "contracts/libraries/Trust.sol",
      "contracts/market/Drawing.sol",
      "contracts/market/Tasks.sol",
      "contracts/market/core/Seating.sol",
      "contracts/market/extension/SeatExits.sol",
      "contracts/types/Provider.sol",
      "contracts/types/Seat.sol",
      "contracts/types/Task.sol",
    ],
    tests: [
      ...["Abstain", "Cancel", "Claim", "Decline", "Deregister", "Escalate", "Expire", "Reseed"],
      ...["Settle", "SettleAgreed", "Stake", "Unbond", "Unfold", "VerifyResult"],
    ],
  },
  voting: {
    files: [
      "contracts/libraries/Votes.sol",
      "contracts/market/Folds.sol",
      "contracts/market/core/Agreement.sol",
      "contracts/market/core/Voting.sol",
      "contracts/market/extension/Failures.sol",
      "contracts/market/proofs/Reveals.sol",
      "contracts/market/proofs/Settlement.sol",
    ],
    tests: [
      ...["Commit", "CommitFolded", "CommitSigned", "Escalate", "Expire", "Reveal", "Settle"],
      ...["SettleAgreed", "SettleFolded"],
    ],
  },
  proofs: {
    files: [
      "contracts/market/opening/SignedOpening.sol",
      "contracts/market/ProofQuestions.sol",
      "contracts/market/orders/OrderHolding.sol",
      "contracts/market/orders/OrderProving.sol",
      "contracts/market/orders/Reserves.sol",
      "contracts/market/proving/Proving.sol",
      "contracts/types/Hold.sol",
      "contracts/types/Order.sol",
    ],
    tests: [
      ...["CancelOrders", "CancelRequest", "CloseReserve", "Conclude", "DropOrder", "HoldOrder"],
      ...["OpenReserve", "OpenSigned", "Prove", "ProveFolded", "ProveHeld", "ProveOrder"],
    ],
  },
  panels: {
    files: [
      "contracts/market/opening/PanelTerms.sol",
      "contracts/market/panels/Appeals.sol",
      "contracts/market/panels/Bonds.sol",
      "contracts/market/panels/Disputes.sol",
      "contracts/market/panels/Finalizing.sol",
      "contracts/market/panels/PanelSeats.sol",
      "contracts/market/panels/Verdicts.sol",
    ],
    tests: [
      ...["Appeal", "AppealDecision", "Audit", "ClaimPanel", "Decide", "EscalatePanel", "Finalize"],
      ...["PostDelayed", "ReseedPanel", "ShowLeaf", "Undelivered"],
    ],
  },
} as const satisfies Record<string, Target>;

export type Subject = keyof typeof targets;
export const subjects = Object.keys(targets) as Subject[];

export function subjectOf(file: string): Subject | undefined {
  return subjects.find((subject) => (targets[subject].files as readonly string[]).includes(file));
}

/** Of killed mutants among those that are not equivalent, in percent. */
export const minimumScore = 90;
