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
    before: "if (epoch <= word.raisedEpochOf()) return word;",
    after: "if (epoch < word.raisedEpochOf()) return word;",
  },
  {
    rule: 6,
    name: "a task pays the protocol fee of today, not that of its post",
    file: "contracts/market/Closings.sol",
    before: "Accounting.shareDown(ending.paid, terms.protocolFeeBps())",
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
    file: "contracts/market/proofs/Reveals.sol",
    before: "if (bytes24(expected) != SeatLib.valueOf(seat)) return RevealRefusal.Mismatch;",
    after:
      "if (bytes24(expected) != SeatLib.valueOf(seat)) revert NothingRevealed(RevealRefusal.Mismatch);",
  },
  {
    rule: 3,
    name: "an appellant's bond comes back twice",
    file: "contracts/market/panels/Bonds.sol",
    before: "if (bond.side != Side.Wrong) returned = bond.amount - bond.spent;",
    after:
      "if (bond.side != Side.Wrong) returned = (bond.amount - bond.spent) * (bond.kind == DisputeKind.Appeal ? 2 : 1);",
  },
  {
    rule: 3,
    name: "a bounty may be all of the slash, not half",
    file: "contracts/market/panels/Finalizing.sol",
    before: "spoils.bounties = spoils.slash / 2;",
    after: "spoils.bounties = spoils.slash;",
  },
  {
    rule: 3,
    name: "who voted for a result that does not stand keeps its stake",
    file: "contracts/market/panels/Finalizing.sol",
    before: "if (!favoured) return (SeatOutcome.Dissented, 0, share);",
    after: "if (!favoured) return (SeatOutcome.Dissented, 0, ending.awarded == 0 ? 0 : share);",
  },
  {
    rule: 4,
    name: "a judge of a panel without a decision keeps its lock",
    file: "contracts/market/panels/Verdicts.sol",
    before: "_storeWork(provider, work);",
    after: "if (outcome != SeatOutcome.Released) _storeWork(provider, work);",
  },
  {
    rule: 3,
    name: "an allocator seats providers that have signed nothing",
    file: "contracts/market/opening/Offers.sol",
    before:
      "if (!Signatures.isValid(operator, digest, seat.r, seat.vs)) revert InvalidSignature(operator);",
    after: "Signatures.isValid(operator, digest, seat.r, seat.vs);",
  },
  {
    rule: 3,
    name: "the same consents give a seat twice",
    file: "contracts/market/opening/Assignments.sol",
    before: "if (_seats[key] != 0) revert AlreadySeated(placing.taskId, provider);",
    after: "",
  },
  {
    rule: 3,
    name: "who proves without holding the seat is paid twice",
    file: "contracts/market/proving/Proving.sol",
    before: "_earnings[request.token][provider] += ending.paid;",
    after: "_earnings[request.token][provider] += 2 * ending.paid;",
  },
  {
    rule: 3,
    name: "an order is filled again and again",
    file: "contracts/market/opening/SignedOpening.sol",
    before: "words[nonce >> 8] = word | bit;",
    after: "words[nonce >> 8] = word;",
  },
  {
    rule: 1,
    name: "an order's protocol fee is credited and paid by nobody",
    file: "contracts/market/orders/OrderProving.sol",
    before: "return price + fee + royalties;",
    after: "return price + royalties;",
  },
  {
    rule: 1,
    name: "a hold charges no royalties, which its proof then pays",
    file: "contracts/market/orders/OrderHolding.sol",
    before: " + Accounting.shareDown(price, terms.programBps)",
    after: "",
  },
  {
    rule: 3,
    name: "a held order is proven again and again",
    file: "contracts/market/orders/OrderHolding.sol",
    before:
      "if (inTime) _reserves[hold.reserveOf()] = ReserveWord.free(hold.amountOf());\n        else ",
    after: "if (!inTime) ",
  },
  {
    rule: 3,
    name: "the holder of an order is its own rescuer",
    file: "contracts/market/orders/OrderHolding.sol",
    before: "if (provider == hold.providerOf()) revert ProofWindowClosed(hold.untilOf());",
    after: "",
  },
  {
    rule: 2,
    name: "an order whose policy was removed holds its holder for its whole time",
    file: "contracts/market/orders/OrderHolding.sol",
    before: "if (_serves(order.terms)) {",
    after: "if (_serves(order.terms) || true) {",
  },
  {
    rule: 4,
    name: "a lost reserve stays locked",
    file: "contracts/market/orders/OrderHolding.sol",
    before: "_unlock(holder, work, uint96(hold.amountOf()), ",
    after: "_unlock(holder, work, 0, ",
  },
  {
    rule: 6,
    name: "a held order pays the protocol fee of its proof, not of its hold",
    file: "contracts/market/orders/OrderHolding.sol",
    before: "_credit(order.terms, taskId, provider, hold.feeBpsOf());",
    after:
      "_credit(order.terms, taskId, provider, PARAMETERS.taskParameters(PARAMETERS.version()).protocolFeeBps);",
  },
  {
    rule: 3,
    name: "anybody judges a task that names a judge",
    file: "contracts/market/proving/Proving.sol",
    before: "if (msg.sender != request.policy) revert NotTheJudge(taskId, msg.sender);",
    after: "",
  },
  {
    rule: 4,
    name: "an agreement leaves its seats locked",
    file: "contracts/market/Closings.sol",
    before: "_works[provider].released(request.lock);",
    after: "_works[provider].released(0);",
  },
  {
    rule: 3,
    name: "an agreement pays a seat that committed to something else",
    file: "contracts/market/core/Agreement.sol",
    before: "if (prefix != SeatLib.valueOf(seat) || ",
    after: "if (prefix == 0 || ",
  },
  {
    rule: 3,
    name: "any fold is taken for the one that was kept",
    file: "contracts/market/Folds.sol",
    before: "_tasks[taskId] != FoldLib.word(fold, fold.task, seats)",
    after: "_tasks[taskId] == FoldLib.word(fold, 0, seats)",
  },
  {
    rule: 3,
    name: "the commitments of a fold need no signature",
    file: "contracts/market/core/Voting.sol",
    before:
      "if (!Signatures.isValid(operator, digest, item.r, item.vs)) revert InvalidSignature(operator);",
    after: "Signatures.isValid(operator, digest, item.r, item.vs);",
  },
  {
    rule: 3,
    name: "a commitment that others bring needs no signature",
    file: "contracts/market/core/Voting.sol",
    before: "return CommitRefusal.InvalidSignature;",
    after: "",
  },
];
