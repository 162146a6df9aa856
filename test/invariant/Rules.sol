// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProviderIdentity, ProviderWork} from "../../contracts/types/Provider.sol";
import {Request} from "../../contracts/types/Request.sol";
import {SeatStatus} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Attacks} from "./Attacks.sol";

/// @title Rules
/// @notice The rules of README.md that a look at the state can check. The others are checked where something happens.
contract Rules is Attacks {
    /// @dev Looking at the whole state costs more than a call; what is broken stays broken.
    uint256 private constant LOOK_EVERY = 32;

    uint256 private _calls;

    /// @notice After each call of an actor.
    function look() external {
        if (++_calls % LOOK_EVERY == 0) check();
    }

    /// @notice All rules that hold between two calls.
    function check() public view {
        _checkSolvency(address(token));
        _checkSolvency(address(deco));
        _checkLocks();
        _checkTrust();
        _checkTasks();
    }

    /// @notice Rule 2: with everybody silent, a stranger ends every task, and everybody gets what is theirs.
    function drain() external {
        while (_live.length != 0) {
            _endAlone(_live[0]);
        }
        for (uint32 id = 1; id <= market.providerCount(); ++id) {
            if (_work(id).liveSeats != 0) revert("rule 4: a seat outlived its task");
            if (_stake(id).active == 0) continue;
            _as(_identity(id).owner);
            market.deregister(id);
        }
        _later(30 days);
        if (market.totalStake() != 0) revert("rule 1: total stake is left");
        for (uint32 id = 1; id <= market.providerCount(); ++id) {
            _leaveWithAll(id);
        }
        for (uint256 i = 0; i < _accounts.length; ++i) {
            _withdrawAll(address(token), _accounts[i]);
            _withdrawAll(address(deco), _accounts[i]);
        }
        if (market.pendingBurn() != 0) market.burnPending();
        if (token.balanceOf(address(market)) != _donated[address(token)]) revert("rule 1: tokens are stuck");
        if (deco.balanceOf(address(market)) != _donated[address(deco)]) revert("rule 1: DECO is stuck");
    }

    function _endAlone(bytes32 taskId) private {
        for (uint256 step = 0; step < 40; ++step) {
            if (_expirable(taskId)) {
                _expireByModel(taskId, STRANGER);
                return;
            }
            if (_escalatable(taskId)) {
                _as(STRANGER);
                try market.escalate(_bodies[taskId]) {}
                catch {
                    revert("rule 2: escalate is the only exit, and refused");
                }
            }
            _later(601);
        }
        revert("rule 2: a task has no exit");
    }

    function _leaveWithAll(uint32 id) private {
        ProviderIdentity memory identity = _identity(id);
        if (identity.unbonding != 0) {
            _as(identity.owner);
            try market.withdrawStake(id) {}
            catch {
                revert("rule 2: stake cannot leave");
            }
        }
        address[2] memory tokens = [address(token), address(deco)];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 earned = market.earningsOf(tokens[i], id);
            if (earned == 0) continue;
            _as(identity.owner);
            market.withdrawEarnings(id, tokens[i], earned, identity.owner);
        }
    }

    function _withdrawAll(address paid, address account) private {
        uint256 held = market.balanceOf(paid, account);
        if (held == 0) return;
        _as(account);
        market.withdraw(paid, held, account);
    }

    /// @dev Rule 1, as an equation: nothing is missing and nothing is stuck.
    function _checkSolvency(address paid) private view {
        uint256 owed = _donated[paid];
        for (uint256 i = 0; i < _accounts.length; ++i) {
            owed += market.balanceOf(paid, _accounts[i]);
        }
        uint32 count = market.providerCount();
        uint256 stakes;
        for (uint32 id = 1; id <= count; ++id) {
            owed += market.earningsOf(paid, id);
            if (paid != address(deco)) continue;
            stakes += _stake(id).active;
            owed += _identity(id).unbonding;
        }
        for (uint256 i = 0; i < _live.length; ++i) {
            Request storage request = _bodies[_live[i]];
            if (request.token != paid) continue;
            owed += _escrowOf(_live[i]) - (market.getTask(_live[i]).round - 1) * uint256(request.settlementFee);
        }
        uint256 held = deco.balanceOf(address(market));
        if (paid == address(deco)) {
            owed += stakes + market.pendingBurn();
            if (stakes != market.totalStake()) revert("rule 1: total stake is not the sum of stakes");
        } else {
            held = token.balanceOf(address(market));
        }
        if (held < owed) revert("rule 1: the market owes more than it holds");
        if (held > owed) revert("rule 1: the market holds what it owes to nobody");
    }

    /// @dev Rule 4: what is locked is what live seats bind, and part of the active stake.
    function _checkLocks() private view {
        uint32 count = market.providerCount();
        for (uint32 id = 1; id <= count; ++id) {
            uint256 bound;
            uint256 seats;
            for (uint256 i = 0; i < _live.length; ++i) {
                SeatStatus status = market.getSeat(_live[i], id).status;
                if (status == SeatStatus.None || status == SeatStatus.Declined) continue;
                bound += _bodies[_live[i]].lock;
                ++seats;
            }
            ProviderWork memory state = _work(id);
            if (state.locked != bound) revert("rule 4: locks are not those of live seats");
            if (state.liveSeats != seats) revert("rule 4: live seats are miscounted");
            if (_stake(id).active < bound) revert("rule 4: a lock is not covered by stake");
        }
    }

    /// @dev Rule 5: trust is where its settlements left it, within bounds.
    function _checkTrust() private view {
        uint32 count = market.providerCount();
        for (uint32 id = 1; id <= count; ++id) {
            ProviderWork memory state = _work(id);
            if (state.trust != _trust[id] || state.debt != _debt[id]) revert("rule 5: trust moved by itself");
            if (state.trust < 10 || state.trust > 100) revert("rule 5: trust is out of bounds");
            if (state.debt != 0 && state.trust != 10) revert("rule 5: a debt above the floor");
        }
    }

    /// @dev Rules 4, 6 and 8, for each live task.
    function _checkTasks() private view {
        for (uint256 i = 0; i < _live.length; ++i) {
            bytes32 taskId = _live[i];
            Task memory task = market.getTask(taskId);
            Request storage request = _bodies[taskId];
            if (parameters.taskWord(task.parameters) != _wordAtPost[taskId]) {
                revert("rule 6: a version changed after the post");
            }
            if (task.seats > 16) revert("rule 8: more than 16 seats");
            if (task.committed + task.abstained > task.taken || task.taken > task.wanted) {
                revert("rule 3: more votes than seats");
            }
            uint256 rounds = (uint256(request.maxReplicas) + request.replicas - 1) / request.replicas;
            if (task.round > rounds) revert("rule 2: more rounds than the escrow pays for");
            if (2 * rounds * _roundSeconds(taskId) > _unbondAtPost[taskId]) {
                revert("rule 4: stake could leave before its task ends");
            }
            if (task.status == TaskStatus.None) revert("rule 2: a live task was forgotten");
        }
    }
}
