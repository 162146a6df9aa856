// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Sortition} from "../libraries/Sortition.sol";
import {ProviderWords} from "../types/Provider.sol";
import {TaskLib} from "../types/Task.sol";
import {Tasks} from "./Tasks.sol";

/// @title Drawing
/// @notice Who may take a seat of a round or panel by sortition, and the stake that the seat binds.
abstract contract Drawing is Tasks {
    using ProviderWords for uint256;
    using TaskLib for uint256;

    function _checkDrawn(bytes32 taskId, uint256 task, uint32 provider, uint256 elapsed, uint256 window) internal view {
        uint256 seedBlock = task.seedBlockOf();
        bytes32 seed = RANDOMNESS.seed(seedBlock);
        if (seed == 0) revert SeedUnknown(seedBlock);
        uint256 stakeThen = _stakeBefore(provider, task.postedAtOf());
        bytes32 ticket = Sortition.ticket(seed, taskId, task.roundOf(), provider);
        if (!Sortition.drawn(ticket, elapsed, window, task.wantedOf(), stakeThen, task.totalStakeOf())) {
            revert NotDrawn(provider, ticket);
        }
    }

    /// @dev Stake that was active before a task's post, in thousandths of a DECO; there must be some.
    function _stakeBefore(uint32 provider, uint256 postedAt) internal view returns (uint256 stake) {
        stake = ProviderWords.activeBefore(_works[provider], _keys[provider], postedAt) / MILLI;
        if (stake == 0) revert StakeTooYoung(provider);
    }

    /// @dev Binds stake to a seat.
    /// @return trust The trust index that the seat keeps.
    function _lock(uint32 provider, uint256 amount, uint8 minTrust) internal returns (uint256 trust) {
        uint256 work = _works[provider];
        if (work.leavingOf()) revert ProviderLeaving(provider);
        if (work.dormantOf()) revert ProviderDormant(provider);
        trust = work.trustOf();
        if (trust < minTrust) revert TrustTooLow(provider, uint8(trust), minTrust);
        uint256 free = work.activeOf() - work.lockedOf();
        if (free < amount) revert StakeNotFree(provider, amount, free);
        _works[provider] = work.seated(amount);
    }
}
