// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "../../contracts/types/Request.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Attacks} from "./Attacks.sol";

/// @title Rules
/// @notice The rules of README.md that a look at the whole state can check. The others are checked where something happens.
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
        _compareMembers();
        _compareMoney(address(token));
        _compareMoney(address(deco));
        _compareReserves();
        for (uint256 i = 0; i < _live.length; ++i) {
            _checkTask(_live[i]);
        }
        for (uint256 i = 0; i < _panels.length; ++i) {
            _compareVote(_panels[i]);
            _compareDispute(_panelOf[_panels[i]].taskId, _panelOf[_panels[i]].index);
        }
    }

    /// @notice Rule 2: with everybody silent, a stranger ends every task, and everybody gets what is theirs.
    function drain() external {
        while (_live.length != 0) {
            _endAlone(_live[0]);
        }
        _drainHolds();
        check();
        for (uint32 id = 1; id <= _memberCount; ++id) {
            if (_members[id].liveSeats != 0) revert("rule 4: a seat outlived its task");
            if (_members[id].active != 0) _deregister(id);
        }
        _later(30 days);
        if (market.totalStake() != 0) revert("rule 1: total stake is left");
        for (uint32 id = 1; id <= _memberCount; ++id) {
            _withdrawStake(id);
            _withdrawEarnings(id, address(token));
            _withdrawEarnings(id, address(deco));
        }
        for (uint256 i = 0; i < _accounts.length; ++i) {
            _withdrawAll(address(token), _accounts[i]);
            _withdrawAll(address(deco), _accounts[i]);
        }
        _burnAll();
        if (token.balanceOf(address(market)) != _donated[address(token)]) revert("rule 1: tokens are stuck");
        if (deco.balanceOf(address(market)) != _donated[address(deco)]) revert("rule 1: DECO is stuck");
    }

    function _endAlone(bytes32 taskId) private {
        for (uint256 step = 0; step < 60; ++step) {
            if (_expirable(taskId)) {
                _expireByModel(taskId, STRANGER);
                return;
            }
            if (_escalatable(taskId)) _escalate(taskId, STRANGER);
            if (_votes[taskId].status == TaskStatus.Accepted && _finalizeAlone(taskId)) return;
            _later(601);
        }
        revert("rule 2: a task has no exit");
    }

    /// @dev Ends the panels of a task that nobody judges any more, then the task.
    function _finalizeAlone(bytes32 taskId) private returns (bool) {
        for (uint256 i = _panels.length; i > 0; --i) {
            bytes32 id = _panels[i - 1];
            if (_panelOf[id].taskId == taskId && !_decide(id, STRANGER)) _escalatePanel(id, STRANGER);
        }
        _audit(taskId, STRANGER);
        return _finalize(taskId, STRANGER);
    }

    function _withdrawAll(address paid, address account) private {
        uint256 held = _balances[paid][account];
        if (held == 0) return;
        _as(account);
        market.withdraw(paid, held, account);
    }

    /// @dev Rules 2, 4, 6 and 8, for a live task.
    function _checkTask(bytes32 taskId) private view {
        _compareVote(taskId);
        Task storage task = _votes[taskId];
        Request storage request = _bodies[taskId];
        if (parameters.taskWord(task.parameters) != _wordAtPost[taskId]) {
            revert("rule 6: a version changed after the post");
        }
        if (task.seats > 16) revert("rule 8: more than 16 seats");
        uint256 rounds =
            request.replicas == 0 ? 1 : (uint256(request.maxReplicas) + request.replicas - 1) / request.replicas;
        if (task.round > rounds) revert("rule 2: more rounds than the escrow pays for");
        if (2 * (rounds * _roundSeconds(taskId) + _disputeSeconds(taskId)) > _unbondAtPost[taskId]) {
            revert("rule 4: stake could leave before its task ends");
        }
    }

    function _compareDispute(bytes32 taskId, uint256 index) private view {
        if (keccak256(abi.encode(market.getDispute(taskId, index))) != keccak256(abi.encode(_disputes[taskId][index])))
        {
            revert("rule 3: a dispute is in another state than its moves made");
        }
    }
}
