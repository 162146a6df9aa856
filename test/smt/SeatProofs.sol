// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Sortition} from "../../contracts/libraries/Sortition.sol";
import {Trust} from "../../contracts/libraries/Trust.sol";
import {ProviderStake, ProviderWords, ProviderWork, StakeLib} from "../../contracts/types/Provider.sol";

/// @title SeatProofs
/// @notice Properties of {Sortition}, {Trust} and {StakeLib} for every argument; `node test/smt/run.ts` has them proven.
contract SeatProofs {
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

    /// @custom:engine bmc
    function trustRisesWithinBounds(uint8 trust, uint16 debt, uint8 step, uint32 epoch) external pure {
        require(trust >= Trust.MINIMUM && trust <= Trust.MAXIMUM);
        uint256 word = ProviderWords.withTrust(0, trust, debt, 0);
        uint256 raised = Trust.raised(word, step, epoch);
        uint256 now_ = ProviderWords.trustOf(raised);
        assert(now_ >= trust && now_ <= Trust.MAXIMUM);
        assert(ProviderWords.debtOf(raised) <= debt);
    }

    /// @custom:engine bmc
    function trustRisesOnceInAnEpoch(uint256 word, uint8 step, uint32 epoch) external pure {
        require(epoch <= ProviderWords.raisedEpochOf(word));
        assert(Trust.raised(word, step, epoch) == word);
    }

    function trustFallsWithinBounds(uint8 trust, uint16 debt, uint8 step) external pure {
        require(trust >= Trust.MINIMUM && trust <= Trust.MAXIMUM);
        ProviderWork memory work = ProviderWork(0, trust, debt, 0, 0, false, false);
        Trust.lower(work, step);
        assert(work.trust >= Trust.MINIMUM && work.trust <= trust);
        assert(work.debt >= debt);
    }

    /// @dev No fault is forgotten: what trust does not show is owed.
    function aFaultIsTrustOrDebt(uint8 trust, uint8 step) external pure {
        require(trust >= Trust.MINIMUM && trust <= Trust.MAXIMUM);
        ProviderWork memory work = ProviderWork(0, trust, 0, 0, 0, false, false);
        Trust.lower(work, step);
        assert(uint256(trust) - work.trust + work.debt == step);
    }

    function agedStakeIsNeverMoreThanActive(uint96 active, uint96 aged, uint96 taken) external pure {
        require(aged <= active && taken <= active);
        ProviderStake memory stake = ProviderStake(active, aged, 5);
        StakeLib.remove(stake, taken);
        assert(stake.aged <= stake.active);
        assert(stake.active == active - taken);
    }
}
