// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProofs} from "../../interfaces/IDecoProofs.sol";
import {TaskParametersLib} from "../../types/Parameters.sol";
import {ProviderStake, ProviderWords, StakeLib} from "../../types/Provider.sol";
import {SeatLib} from "../../types/Seat.sol";
import {TaskLib} from "../../types/Task.sol";
import {Tasks} from "../Tasks.sol";

/// @title Checkpoints
/// @notice Progress of long runs: events that cost a little and are counted, so that nobody fills logs with them.
abstract contract Checkpoints is Tasks {
    using ProviderWords for uint256;
    using StakeLib for ProviderStake;
    using TaskParametersLib for uint256;

    /// @dev Of one seat.
    uint256 internal constant MAX_CHECKPOINTS = 64;
    /// @dev The fee's unit, a hundredth of a DECO.
    uint256 private constant CENTI = 1e16;

    /// @dev See {IDecoProofs-checkpoint}.
    function checkpoint(bytes32 taskId, bytes32 digest, uint16 progressBps) external {
        if (progressBps > 10_000) revert InvalidProgress(progressBps);
        uint32 provider = _caller();
        (uint256 task, bytes32 key, uint256 seat) = _ownSeat(taskId, provider);
        if (SeatLib.checkpointsOf(seat) == MAX_CHECKPOINTS) {
            revert TooManyCheckpoints(taskId, provider, MAX_CHECKPOINTS);
        }
        _seats[key] = seat + SeatLib.ONE_CHECKPOINT;
        uint256 fee = _payFee(provider, PARAMETERS.taskWord(TaskLib.parametersOf(task)));
        emit IDecoProofs.Checkpointed(taskId, provider, digest, progressBps, fee);
    }

    /// @dev Out of free stake, so that an operator key needs no DECO; never below the minimum of an identity.
    function _payFee(uint32 provider, uint256 terms) private returns (uint256 fee) {
        fee = terms.checkpointFee() * CENTI;
        if (fee == 0) return 0;
        ProviderStake memory stake = _stakeOf(provider);
        uint256 free = stake.active - _works[provider].lockedOf();
        if (free < fee) revert StakeNotFree(provider, fee, free);
        uint256 minimum = terms.minIdentityStake() * 1 ether;
        if (stake.active < minimum + fee) revert StakeBelowMinimum(stake.active - fee, minimum);
        stake.remove(uint96(fee));
        _storeStake(provider, stake);
        _burnStake(fee, fee);
    }
}
