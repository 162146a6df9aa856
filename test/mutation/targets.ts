/** What is mutated: accounting, seats, voting, panels, and the words that they are stored in. */
export const targets = {
  accounting: [
    "contracts/libraries/Accounting.sol",
    "contracts/market/Endings.sol",
    "contracts/market/Funds.sol",
    "contracts/market/core/Accounts.sol",
    "contracts/types/Panel.sol",
  ],
  seats: [
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
  voting: [
    "contracts/libraries/Votes.sol",
    "contracts/market/core/Settlement.sol",
    "contracts/market/core/Voting.sol",
    "contracts/market/extension/Failures.sol",
  ],
  panels: [
    "contracts/market/opening/PanelTerms.sol",
    "contracts/market/panels/Appeals.sol",
    "contracts/market/panels/Bonds.sol",
    "contracts/market/panels/Disputes.sol",
    "contracts/market/panels/Finalizing.sol",
    "contracts/market/panels/PanelSeats.sol",
    "contracts/market/panels/Verdicts.sol",
  ],
} as const satisfies Record<string, readonly string[]>;

export type Subject = keyof typeof targets;
export const subjects = Object.keys(targets) as Subject[];

/** Of killed mutants among those that are not equivalent, in percent. */
export const minimumScore = 90;
