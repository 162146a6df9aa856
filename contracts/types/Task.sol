// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Phases of a task. A task word is never zero once posted, so an id is used once.
enum TaskStatus {
    None,
    /// Seats of the current round are missing.
    Open,
    /// The round is full; replicas run and commit.
    Executing,
    /// Commitments are in; tags are revealed, then the result is opened.
    Revealing,
    /// Final with an accepted result.
    Settled,
    /// Final without a result.
    Ended,
    /// A result was accepted and nothing is final yet: it may be appealed, audited or claimed undelivered.
    Accepted,
    /// Full, its first round kept as one digest: see {Fold.sol}. `unfold` makes it what it was.
    Folded
}

/// @notice Why a task ended without a result.
enum EndReason {
    None,
    /// Cancelled by its requester before any seat was taken.
    Cancelled,
    /// The first round did not fill.
    Unfilled,
    /// No result reached the threshold with the seats allowed, or a further round did not fill.
    VoteFailed,
    /// Two replicas abstained for the same reason and the vote failed.
    CannotRun,
    /// A panel found a leaf of the accepted bag wrong or absent.
    Voided,
    /// A panel found that the accepted outputs cannot be fetched.
    Undelivered,
    /// Governance removed its proof policy for ever: nobody is at fault.
    PolicyRemoved,
    /// No proof, and no rescue, came in time.
    Unproven,
    /// Its judge found the work wrong.
    Rejected,
    /// Its judge said nothing in time: nobody is at fault.
    Unjudged
}

/// @notice A live task, unpacked. One storage word; see {TaskLib}.
struct Task {
    TaskStatus status;
    /// Current round, from 1.
    uint8 round;
    /// Seats taken in all rounds, declined ones excepted.
    uint8 seats;
    /// Seats that the current round wants.
    uint8 wanted;
    /// Seats taken in the current round, declined ones excepted.
    uint8 taken;
    uint8 committed;
    uint8 abstained;
    uint8 revealed;
    /// Two-bit saturating counters of abstentions per reason code 1..7, over all rounds.
    uint16 reasons;
    /// Whether the seed of the current round was replaced once.
    bool reseeded;
    /// Version of the parameters at post.
    uint16 parameters;
    uint32 postedAt;
    /// When the current round opened.
    uint32 openedAt;
    /// When the current phase began: the round filled (executing), or reveals opened (revealing).
    uint32 phaseAt;
    uint32 commitWindow;
    uint32 revealWindow;
    /// Block whose randomness seeds the current round.
    uint32 seedBlock;
    /// Total active stake at post, in thousandths of a DECO, rounded up.
    uint64 totalStake;
}

/// @notice A task that has ended, unpacked from the same word.
struct Outcome {
    TaskStatus status;
    EndReason reason;
    /// Providers that agreed with the accepted result.
    uint8 agreeing;
    /// Whether the requester's callback has taken the result.
    bool delivered;
    /// Whether a proof policy decided, not a vote.
    bool proven;
    /// Whether the result is a bag's: keccak(root, manifest).
    bool bag;
    /// Stake that the agreeing replicas would have lost, in whole DECO, rounded down.
    uint32 securityBudget;
    /// First 26 bytes of the accepted result.
    bytes26 result;
}

/// @title TaskLib
/// @notice Packs a task into one word. Layout from the lowest bit:
/// status 4, round 4, seats 5, wanted 5, taken 5, committed 5, abstained 5, revealed 5, reasons 14, reseeded 1,
/// parameters 16, postedAt 32, openedAt 20 (offset), phaseAt 20 (offset), commitWindow 20, revealWindow 20, seedBlock 32,
/// totalStake 43: 256 bits. Offsets and windows count seconds; `post` bounds a task's life to unbond / 2 < 2^20 s.
/// An ended task: status 4, reason 4, agreeing 5, proven 1, delivered 1, bag 1, securityBudget 32, result 208.
library TaskLib {
    uint256 internal constant MAX_WINDOW = 2 ** 20 - 1;
    uint256 internal constant MAX_TOTAL_STAKE = 2 ** 43 - 1;
    /// @dev Rounds are numbered 1..15 in four bits.
    uint256 internal constant MAX_ROUNDS = 15;

    /// @dev What a packed word grows by; the counters are bounded by the seats, which fit.
    uint256 internal constant ONE_SEAT = 1 << 8;
    uint256 internal constant ONE_TAKEN = 1 << 18;
    uint256 internal constant ONE_COMMITTED = 1 << 23;
    uint256 internal constant ONE_ABSTAINED = 1 << 28;
    uint256 internal constant ONE_REVEALED = 1 << 33;

    /// @dev Of an ended task.
    uint256 internal constant DELIVERED = 1 << 14;

    function statusOf(uint256 word) internal pure returns (TaskStatus) {
        return TaskStatus(word & 0xf);
    }

    // Readings of single fields, for the calls that run once per seat.

    function parametersOf(uint256 word) internal pure returns (uint16) {
        return uint16(word >> 53);
    }

    function seatsOf(uint256 word) internal pure returns (uint256) {
        return (word >> 8) & 0x1f;
    }

    function committedOf(uint256 word) internal pure returns (uint256) {
        return (word >> 23) & 0x1f;
    }

    function revealedOf(uint256 word) internal pure returns (uint256) {
        return (word >> 33) & 0x1f;
    }

    function roundOf(uint256 word) internal pure returns (uint256) {
        return (word >> 4) & 0xf;
    }

    function wantedOf(uint256 word) internal pure returns (uint256) {
        return (word >> 13) & 0x1f;
    }

    function takenOf(uint256 word) internal pure returns (uint256) {
        return (word >> 18) & 0x1f;
    }

    /// @notice Seats of the round that committed or abstained.
    function votersOf(uint256 word) internal pure returns (uint256) {
        return ((word >> 23) & 0x1f) + ((word >> 28) & 0x1f);
    }

    function postedAtOf(uint256 word) internal pure returns (uint256) {
        return (word >> 69) & 0xffffffff;
    }

    function openedAtOf(uint256 word) internal pure returns (uint256) {
        return postedAtOf(word) + ((word >> 101) & 0xfffff);
    }

    function phaseAtOf(uint256 word) internal pure returns (uint256) {
        return postedAtOf(word) + ((word >> 121) & 0xfffff);
    }

    function commitsCloseAt(uint256 word) internal pure returns (uint256) {
        return phaseAtOf(word) + ((word >> 141) & 0xfffff);
    }

    /// @notice Of a task in {TaskStatus.Revealing}.
    function revealsCloseAt(uint256 word) internal pure returns (uint256) {
        return phaseAtOf(word) + ((word >> 161) & 0xfffff);
    }

    function seedBlockOf(uint256 word) internal pure returns (uint256) {
        return (word >> 181) & 0xffffffff;
    }

    function totalStakeOf(uint256 word) internal pure returns (uint256) {
        return word >> 213;
    }

    /// @notice The word of a task that opens now.
    /// @param total Active stake in thousandths of a DECO.
    function opened(uint256 replicas, uint256 commitWindow, uint256 revealWindow, uint256 version, uint256 total)
        internal
        view
        returns (uint256 word)
    {
        word = uint256(TaskStatus.Open) | (1 << 4) | (replicas << 13) | (version << 53);
        word |= (uint256(uint32(block.timestamp)) << 69) | (commitWindow << 141) | (revealWindow << 161);
        word |= (uint256(uint32(block.number + 1)) << 181) | (total << 213);
    }

    /// @notice The word with another status, whose phase began at `time`.
    function inPhase(uint256 word, TaskStatus status, uint256 time) internal pure returns (uint256) {
        uint256 cleared = word & ~(uint256(0xf) | (uint256(0xfffff) << 121));
        return cleared | uint256(status) | ((time - postedAtOf(word)) << 121);
    }

    /// @notice The word of a task whose result was accepted: its audit's draw has a seed of its own. When it was accepted is
    /// not kept here, where offsets from the post are bounded.
    function accepted(uint256 word, uint256 auditBlock) internal pure returns (uint256) {
        uint256 cleared = word & ~(uint256(0xf) | (1 << 52) | (uint256(0xffffffff) << 181));
        return cleared | uint256(TaskStatus.Accepted) | (auditBlock << 181);
    }

    function unpack(uint256 word) internal pure returns (Task memory task) {
        task.status = TaskStatus(word & 0xf);
        task.round = uint8((word >> 4) & 0xf);
        task.seats = uint8((word >> 8) & 0x1f);
        task.wanted = uint8((word >> 13) & 0x1f);
        task.taken = uint8((word >> 18) & 0x1f);
        task.committed = uint8((word >> 23) & 0x1f);
        task.abstained = uint8((word >> 28) & 0x1f);
        task.revealed = uint8((word >> 33) & 0x1f);
        task.reasons = uint16((word >> 38) & 0x3fff);
        task.reseeded = ((word >> 52) & 1) == 1;
        task.parameters = uint16(word >> 53);
        uint32 postedAt = uint32(word >> 69);
        task.postedAt = postedAt;
        task.openedAt = postedAt + uint32((word >> 101) & 0xfffff);
        task.phaseAt = postedAt + uint32((word >> 121) & 0xfffff);
        task.commitWindow = uint32((word >> 141) & 0xfffff);
        task.revealWindow = uint32((word >> 161) & 0xfffff);
        task.seedBlock = uint32(word >> 181);
        task.totalStake = uint64(word >> 213);
    }

    function pack(Task memory task) internal pure returns (uint256 word) {
        word = uint256(task.status) | (uint256(task.round) << 4) | (uint256(task.seats) << 8);
        word |= (uint256(task.wanted) << 13) | (uint256(task.taken) << 18) | (uint256(task.committed) << 23);
        word |= (uint256(task.abstained) << 28) | (uint256(task.revealed) << 33) | (uint256(task.reasons) << 38);
        word |= (uint256(task.reseeded ? 1 : 0) << 52) | (uint256(task.parameters) << 53);
        word |= (uint256(task.postedAt) << 69) | (uint256(task.openedAt - task.postedAt) << 101);
        // A round that opens again has no phase yet.
        if (task.phaseAt > task.postedAt) word |= uint256(task.phaseAt - task.postedAt) << 121;
        word |= (uint256(task.commitWindow) << 141) | (uint256(task.revealWindow) << 161);
        word |= (uint256(task.seedBlock) << 181) | (uint256(task.totalStake) << 213);
    }

    function packOutcome(Outcome memory outcome) internal pure returns (uint256 word) {
        word = uint256(outcome.status) | (uint256(outcome.reason) << 4) | (uint256(outcome.agreeing) << 8);
        word |= uint256(outcome.proven ? 1 : 0) << 13;
        word |= (outcome.delivered ? DELIVERED : 0) | (uint256(outcome.bag ? 1 : 0) << 15);
        word |= (uint256(outcome.securityBudget) << 16) | (uint256(uint208(outcome.result)) << 48);
    }

    function unpackOutcome(uint256 word) internal pure returns (Outcome memory outcome) {
        outcome.status = TaskStatus(word & 0xf);
        outcome.reason = EndReason((word >> 4) & 0xf);
        outcome.agreeing = uint8((word >> 8) & 0x1f);
        outcome.proven = (word >> 13) & 1 == 1;
        outcome.delivered = word & DELIVERED != 0;
        outcome.bag = (word >> 15) & 1 == 1;
        outcome.securityBudget = uint32(word >> 16);
        outcome.result = bytes26(uint208(word >> 48));
    }

    /// @notice Counts an abstention; each counter stops at 3, of which only "two or more" is ever asked.
    function countReason(uint16 reasons, uint8 reason) internal pure returns (uint16) {
        uint256 shift = (uint256(reason) - 1) * 2;
        uint256 count = (uint256(reasons) >> shift) & 3;
        return count == 3 ? reasons : uint16(uint256(reasons) + (1 << shift));
    }

    /// @notice Whether two replicas abstained for the same reason: the high bit of any two-bit counter.
    function cannotRun(uint16 reasons) internal pure returns (bool) {
        return reasons & 0x2aaa != 0;
    }
}
