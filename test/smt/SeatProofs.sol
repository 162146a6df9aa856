// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Sortition} from "../../contracts/libraries/Sortition.sol";
import {Trust} from "../../contracts/libraries/Trust.sol";
import {ProviderStake, ProviderWork, StakeLib} from "../../contracts/types/Provider.sol";

/// @title SeatProofs
/// @notice Properties of {Sortition}, {Trust} and {StakeLib} for every argument; `node test/smt/run.ts` has them proven.
contract SeatProofs {
    function earlyEndsForGood(uint32 elapsed, uint32 later, uint32 window) external pure {
        require(later >= elapsed);
        if (Sortition.early(later, window)) assert(Sortition.early(elapsed, window));
    }

    function trustStaysWithinBounds(uint8 trust, uint16 debt, uint8 step, uint8 down) external pure {
        require(trust >= Trust.MINIMUM && trust <= Trust.MAXIMUM);
        ProviderWork memory work = ProviderWork(0, trust, debt, 0, 0, false, false);
        Trust.raise(work, step, 1);
        assert(work.trust >= Trust.MINIMUM && work.trust <= Trust.MAXIMUM);
        Trust.lower(work, down);
        assert(work.trust >= Trust.MINIMUM && work.trust <= Trust.MAXIMUM);
    }

    function trustRisesOnceInAnEpoch(uint8 trust, uint8 step, uint32 epoch) external pure {
        require(trust >= Trust.MINIMUM && trust <= Trust.MAXIMUM && epoch != 0);
        ProviderWork memory work = ProviderWork(0, trust, 0, 0, 0, false, false);
        Trust.raise(work, step, epoch);
        uint8 raised = work.trust;
        Trust.raise(work, step, epoch);
        assert(work.trust == raised);
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
