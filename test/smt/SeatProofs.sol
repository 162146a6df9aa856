// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Sortition} from "../../contracts/libraries/Sortition.sol";
import {Trust} from "../../contracts/libraries/Trust.sol";
import {ProviderStake, ProviderWords} from "../../contracts/types/Provider.sol";

/// @dev What {Trust-raised} reads and writes of a packed word, whose bits the solver does not follow; that packing gives back what
/// was put in is tested by test/contracts/types/Words.t.sol.
struct Fields {
    uint256 trust;
    uint256 debt;
    uint256 raisedEpoch;
}

/// @dev What {Trust-lower} reads and writes of `ProviderWork`.
struct Work {
    uint8 trust;
    uint16 debt;
}

function trustOf(Fields memory word) pure returns (uint256) {
    return word.trust;
}

function debtOf(Fields memory word) pure returns (uint256) {
    return word.debt;
}

function raisedEpochOf(Fields memory word) pure returns (uint256) {
    return word.raisedEpoch;
}

function withTrust(Fields memory, uint256 trust, uint256 debt, uint256 raisedEpoch) pure returns (Fields memory) {
    return Fields(trust, debt, raisedEpoch);
}

/// @title SeatProofs
/// @notice Properties of {Sortition}, {Trust} and {StakeLib} for every argument; `node test/smt/run.ts` has them proven. The
/// engine that decides them does not follow what a function writes into memory that it was given: so bodies that do are copied
/// here, and a test compares each copy with the contract.
contract SeatProofs {
    using {trustOf, debtOf, raisedEpochOf, withTrust} for Fields;

    uint8 private constant MINIMUM = Trust.MINIMUM;
    uint8 private constant MAXIMUM = Trust.MAXIMUM;

    /// @dev Any, for the solver.
    Work private work;
    ProviderStake private stake;

    /// @custom:engine bmc
    function earlyEndsForGood(uint32 elapsed, uint32 later, uint32 window) external pure {
        require(later >= elapsed);
        if (Sortition.early(later, window)) assert(Sortition.early(elapsed, window));
    }

    /// @dev With a window of the default length: a variable one makes products that the solver does not decide.
    /// @custom:engine bmc
    function everyTicketIsDrawnAtTheEnd(bytes32 ticket, uint64 stake, uint64 total) external pure {
        require(uint256(stake) * Sortition.FINAL_K >= total);
        assert(Sortition.drawn(ticket, 300, 300, 1, stake, total));
    }

    /// @custom:engine bmc
    function noTicketIsDrawnWithoutStake(bytes32 ticket, uint32 elapsed, uint32 window, uint64 total) external pure {
        require(window != 0 && total != 0);
        assert(!Sortition.drawn(ticket, elapsed, window, 3, 0, total));
    }

    /// @dev A rise is trust or a debt repaid, and no more than the step.
    /// @custom:engine bmc
    function trustRisesWithinBounds(uint8 trust, uint16 debt, uint32 last, uint8 step, uint32 epoch) external pure {
        require(trust >= Trust.MINIMUM && trust <= Trust.MAXIMUM);
        Fields memory raised = _raised(Fields(trust, debt, last), step, epoch);
        assert(raised.trust >= trust && raised.trust <= Trust.MAXIMUM);
        assert(raised.debt <= debt);
        assert((raised.trust - trust) + (debt - raised.debt) <= step);
    }

    /// @custom:engine bmc
    function trustRisesOnceInAnEpoch(uint256 word, uint8 step, uint32 epoch) external pure {
        require(epoch <= ProviderWords.raisedEpochOf(word));
        assert(Trust.raised(word, step, epoch) == word);
    }

    /// @dev No fault is forgotten, as long as a debt fits: what trust does not show is owed.
    /// @custom:engine bmc
    function aFaultIsTrustOrDebt(uint8 step) external isTrustOrDebt(step) {
        // Copied from contracts/libraries/Trust.sol.
        uint256 room = uint256(work.trust) - MINIMUM;
        if (step <= room) {
            work.trust -= uint8(step);
            return;
        }
        work.trust = MINIMUM;
        uint256 debt = uint256(work.debt) + step - room;
        work.debt = debt > type(uint16).max ? type(uint16).max : uint16(debt);
        // End of the copy.
    }

    modifier isTrustOrDebt(uint8 step) {
        require(work.trust >= MINIMUM && work.trust <= MAXIMUM);
        uint256 trust = work.trust;
        uint256 owed = work.debt;
        _;
        assert(work.trust >= MINIMUM && work.trust <= trust);
        assert(work.debt >= owed);
        assert(work.debt == type(uint16).max || (trust - work.trust) + (work.debt - owed) == step);
    }

    /// @custom:engine bmc
    function agedStakeIsNeverMoreThanActive(uint96 amount) external {
        require(stake.aged <= stake.active && amount <= stake.active);
        uint256 active = stake.active;
        // Copied from contracts/types/Provider.sol.
        stake.active -= amount;
        if (stake.aged > stake.active) stake.aged = stake.active;
        // End of the copy.
        assert(stake.aged <= stake.active);
        assert(stake.active == active - amount);
    }

    function _raised(Fields memory word, uint256 step, uint256 epoch) private pure returns (Fields memory) {
        // Copied from contracts/libraries/Trust.sol.
        if (epoch <= word.raisedEpochOf()) return word;
        uint256 debt = word.debtOf();
        uint256 repaid = step < debt ? step : debt;
        // Fields of 16 bits at most, and nothing repaid that was not owed.
        unchecked {
            uint256 trust = word.trustOf() + step - repaid;
            return word.withTrust(trust > MAXIMUM ? MAXIMUM : trust, debt - repaid, uint32(epoch));
        }
        // End of the copy.
    }
}
