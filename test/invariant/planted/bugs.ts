/** One change that breaks one rule of README.md; the invariant run must name that rule. */
export interface PlantedBug {
  readonly rule: number;
  readonly name: string;
  readonly file: string;
  /** Replaced once; must be there exactly once. */
  readonly before: string;
  readonly after: string;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    rule: 1,
    name: "the refund forgets the protocol fee, so that both are credited",
    file: "contracts/libraries/Accounting.sol",
    before: "return escrow - paid - protocolFee - settlementFees;",
    after: "return escrow - paid - settlementFees - protocolFee * 0;",
  },
  {
    rule: 2,
    name: "a further round that does not fill can be ended by nobody",
    file: "contracts/market/extension/Failures.sol",
    before: "if (task.round == 1) return EndReason.Unfilled;",
    after: "if (task.round == 1) return EndReason.Unfilled; revert ClaimWindowOpen(closesAt);",
  },
  {
    rule: 3,
    name: "a roster may name a seat twice, which is then paid twice",
    file: "contracts/market/Endings.sol",
    before: "if (provider <= previous) revert InvalidRoster(i);",
    after: "if (provider < previous) revert InvalidRoster(i);",
  },
  {
    rule: 4,
    name: "the lock of a slashed seat is never freed",
    file: "contracts/market/Tasks.sol",
    before: "work.locked -= amount;",
    after: "if (slashed == 0) work.locked -= amount;",
  },
  {
    rule: 5,
    name: "trust rises more than once in an epoch",
    file: "contracts/libraries/Trust.sol",
    before: "if (epoch <= work.raisedEpoch) return;",
    after: "if (epoch < work.raisedEpoch) return;",
  },
  {
    rule: 6,
    name: "a task pays the protocol fee of today, not that of its post",
    file: "contracts/market/Endings.sol",
    before: "Accounting.shareDown(ending.paid, terms.protocolFeeBps)",
    after:
      "Accounting.shareDown(ending.paid, PARAMETERS.taskParameters(PARAMETERS.version()).protocolFeeBps)",
  },
  {
    rule: 7,
    name: "a callback gets all gas that is left, not what its request states",
    file: "contracts/libraries/CappedCalls.sol",
    before: "succeeded := call(cap, target",
    after: "succeeded := call(gas(), target",
  },
  {
    rule: 8,
    name: "one bad reveal reverts the whole batch",
    file: "contracts/market/core/Voting.sol",
    before: "if (bytes24(expected) != SeatLib.valueOf(seat)) return RevealRefusal.Mismatch;",
    after:
      "if (bytes24(expected) != SeatLib.valueOf(seat)) revert NothingRevealed(RevealRefusal.Mismatch);",
  },
];
