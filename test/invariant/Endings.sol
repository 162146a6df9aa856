// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Opening} from "../../contracts/types/Opening.sol";
import {TaskParameters} from "../../contracts/types/Parameters.sol";
import {ProviderStake, ProviderWork} from "../../contracts/types/Provider.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Member} from "./Ledger.sol";
import {Due, Model, Move} from "./Model.sol";
import {Seats} from "./Seats.sol";

/// @notice A task or a panel being ended by the model.
struct Close {
    /// Of the task.
    bytes32 taskId;
    TaskParameters terms;
    /// Who is paid for the call.
    address caller;
    /// Whether a result was accepted, or a panel has decided: then trust moves.
    bool accepted;
    uint256 paid;
    uint256 slashed;
    /// Part of it that compensates the requester first.
    uint256 noShow;
    /// Part of it that whoever mended the harm was given.
    uint256 awarded;
}

/// @title Endings
/// @notice Settles and expires tasks, and compares what every seat, the requester and the treasury got with the model.
abstract contract Endings is Seats {
    /// @dev Which result a task has accepted that is not final.
    mapping(bytes32 taskId => bytes32) internal _accepted;
    mapping(bytes32 taskId => uint256) internal _acceptedAt;

    function _escalatable(bytes32 taskId) internal view returns (bool) {
        if (!_failed(taskId)) return false;
        Task storage task = _votes[taskId];
        Request storage request = _bodies[taskId];
        if (task.seats >= request.maxReplicas || task.round == 15 || task.reasons & 0x2aaa != 0) return false;
        return block.timestamp - task.postedAt + _roundSeconds(taskId) < 2 ** 20;
    }

    function _expirable(bytes32 taskId) internal view returns (bool) {
        if (_bodies[taskId].policy != address(0)) return _unproven(taskId);
        if (_votes[taskId].status == TaskStatus.Open) return block.timestamp > _claimsUntil(taskId);
        return _failed(taskId) && !_escalatable(taskId);
    }

    /// @dev Whether a task with a policy is over: that policy is gone, or its time, or nobody took the seat.
    function _unproven(bytes32 taskId) internal view returns (bool) {
        if (parameters.policyParameters(_bodies[taskId].policy).tombstoned) return true;
        if (_votes[taskId].status == TaskStatus.Open && _bodies[taskId].replicas != 0) {
            return block.timestamp > _claimsUntil(taskId);
        }
        return block.timestamp > _proofsUntil(taskId);
    }

    /// @dev Last second for a proof, a rescue or a verdict.
    function _proofsUntil(bytes32 taskId) internal view returns (uint256) {
        Request storage request = _bodies[taskId];
        Task storage task = _votes[taskId];
        if (request.replicas == 0) return uint256(task.openedAt) + request.commitWindow;
        uint256 from = task.phaseAt;
        if (task.status == TaskStatus.Executing) from += request.commitWindow;
        return from + request.revealWindow;
    }

    /// @dev A lost seed opens the claim window, and the allocator's, once more.
    function _roundSeconds(bytes32 taskId) internal view returns (uint256) {
        Request storage request = _bodies[taskId];
        uint256 claims = uint256(request.allocatorWindow) + request.claimWindow;
        return 2 * claims + request.commitWindow + request.revealWindow + _terms(taskId).settleWindow;
    }

    /// @dev Whether its result is not final at once.
    function _isDelayed(bytes32 taskId) internal view returns (bool) {
        Request storage request = _bodies[taskId];
        return uint256(request.challengeWindow) | request.deliveryWindow | request.auditBps != 0;
    }

    /// @dev Longest time from acceptance to the end: a dispute opened last, two panels, a challenge between them.
    function _disputeSeconds(bytes32 taskId) internal view returns (uint256) {
        Request storage request = _bodies[taskId];
        uint256 challenge = request.challengeWindow;
        if (!_isDelayed(taskId)) return 0;
        uint256 first = request.deliveryWindow > challenge ? request.deliveryWindow : challenge;
        return first + challenge + 2 * _roundSeconds(taskId);
    }

    // --- by the model ---

    /// @dev Settles with what has won by the model, or sees the market refuse.
    /// @return Whether it settled.
    function _settleByModel(bytes32 taskId) internal returns (bool) {
        Request memory request = _bodies[taskId];
        (uint32[] memory roster, Seat[] memory seats) = _rosterOf(taskId);
        uint256 cap = _terms(taskId).weightCap;
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 result = _result(taskId, i == 0);
            if (!Model.wins(Model.count(taskId, seats, result, cap), request)) continue;
            _as(RELAYER);
            market.settle(request, roster, _open(taskId, i == 0));
            if (_isDelayed(taskId)) {
                _accept(taskId, result);
            } else {
                _endAccepted(taskId, roster, seats, result);
            }
            return true;
        }
        _as(RELAYER);
        try market.settle(request, roster, _open(taskId, true)) {
            revert("rule 3: settled what had not won");
        } catch (bytes memory reason) {
            if (bytes4(reason) != ResultNotAccepted.selector) revert("rule 2: settle refused by another error");
        }
        return false;
    }

    /// @dev Nothing is final: only who opened the result is paid.
    function _accept(bytes32 taskId, bytes32 result) private {
        _accepted[taskId] = result;
        _acceptedAt[taskId] = block.timestamp;
        Task storage task = _votes[taskId];
        (task.status, task.reseeded, task.seedBlock) = (TaskStatus.Accepted, false, uint32(block.number + 1));
        _spendEscrow(taskId, RELAYER, _bodies[taskId].settlementFee);
    }

    function _endAccepted(bytes32 taskId, uint32[] memory roster, Seat[] memory seats, bytes32 result) internal {
        Due[] memory dues = new Due[](seats.length);
        Close memory close = _closing(taskId, RELAYER, true);
        for (uint256 i = 0; i < seats.length; ++i) {
            dues[i] = Model.accepted(taskId, _bodies[taskId], close.terms, seats[i], result);
        }
        _end(close, roster, dues);
        _delivers(taskId);
    }

    function _delivers(bytes32 taskId) internal {
        if (_bodies[taskId].callback != address(0) && _undelivered.length < MAX_LIVE) _undelivered.push(taskId);
    }

    function _expireByModel(bytes32 taskId, address caller) internal {
        Request memory request = _bodies[taskId];
        (uint32[] memory roster, Seat[] memory seats) = _rosterOf(taskId);
        Close memory close = _closing(taskId, caller, false);
        Due[] memory dues = new Due[](seats.length);
        uint256 unasked = _unaskedRound(taskId);
        bool unfilled = _votes[taskId].status == TaskStatus.Open && unasked == 1;
        for (uint256 i = 0; i < seats.length; ++i) {
            bool consoled = !unfilled && Model.consoled(seats, i, close.terms.weightCap);
            dues[i] = Model.failed(request, close.terms, seats[i], unasked, consoled);
        }
        _as(caller);
        try market.expire(request, roster) {}
        catch {
            revert("rule 2: expire is the only exit, and refused");
        }
        _end(close, roster, dues);
    }

    /// @dev The round whose seats were never asked to work, or, where nobody is at fault, the only one; zero when there is none.
    function _unaskedRound(bytes32 taskId) private view returns (uint256) {
        Task storage task = _votes[taskId];
        address policy = _bodies[taskId].policy;
        bool blameless =
            policy != address(0) && (policy == address(_judge) || parameters.policyParameters(policy).tombstoned);
        return task.status == TaskStatus.Open || blameless ? task.round : 0;
    }

    function _open(bytes32 taskId, bool right) internal view returns (Opening memory opening) {
        opening.digest = _digest(taskId, right);
        if (_bodies[taskId].volume > 1) opening.root = _root(taskId, right);
    }

    // --- what everybody gets ---

    function _closing(bytes32 taskId, address caller, bool accepted) internal view returns (Close memory close) {
        (close.taskId, close.caller, close.accepted) = (taskId, caller, accepted);
        close.terms = _terms(taskId);
    }

    function _spendEscrow(bytes32 taskId, address account, uint256 amount) internal {
        _escrows[taskId] -= amount;
        _release(_bodies[taskId].token, account, amount);
    }

    /// @dev Ends every seat, then the task. What goes to others than seats, requester and owners was released before.
    function _end(Close memory close, uint32[] memory roster, Due[] memory dues) internal {
        for (uint256 i = 0; i < roster.length; ++i) {
            _escrows[close.taskId] -= dues[i].paid;
            _endSeat(close, roster[i], dues[i]);
        }
        _closeTask(close);
        _forget(close.taskId);
    }

    /// @dev Pays, slashes and moves the trust of one seat, of a task or a panel, and compares at once.
    function _endSeat(Close memory close, uint32 id, Due memory due) internal {
        Request storage request = _bodies[close.taskId];
        _unlockSeat(id, request.lock, due.slashed, close.terms.minIdentityStake);
        if (close.accepted) _moveTrust(id, due.move, close.terms);
        _releaseTo(request.token, id, due.paid);
        close.paid += due.paid;
        close.slashed += due.slashed;
        if (due.compensates) close.noShow += due.slashed;
        uint256 earned = market.earningsOf(request.token, id);
        if (earned > _earnings[request.token][id]) revert("rule 3: paid more than once, or for no seat");
        if (earned < _earnings[request.token][id]) revert("rule 3: paid less than its price");
        _compareSeated(id, due);
    }

    function _compareSeated(uint32 id, Due memory due) private view {
        Member storage member = _members[id];
        (ProviderStake memory stake, ProviderWork memory work,) = market.getProvider(id);
        if (stake.active != member.active) {
            bool slashed = stake.active < member.active + due.slashed;
            if (due.governed && slashed) revert("rule 6: the slash is not that of the post's parameters");
            if (stake.active > member.active) revert("rule 3: not slashed for what it did");
            revert("rule 3: slashed for what it did not do");
        }
        if (work.locked != member.locked) revert("rule 4: a lock outlived its seat");
        if (work.trust != member.trust || work.debt != member.debt) revert("rule 5: trust moved otherwise");
    }

    function _moveTrust(uint32 id, Move move, TaskParameters memory terms) private {
        Member storage member = _members[id];
        if (move == Move.Rise) {
            uint32 epoch = uint32(block.timestamp / terms.epoch);
            if (epoch <= member.raisedEpoch) return;
            member.raisedEpoch = epoch;
        }
        (member.trust, member.debt) = Model.move(member.trust, member.debt, move, terms);
    }

    /// @dev Slashes burn, apart from what no-shows owe the requester, at most its posting fee. What is left of the escrow returns.
    function _closeTask(Close memory close) private {
        bytes32 taskId = close.taskId;
        Request storage request = _bodies[taskId];
        _bookSlashes(close, request.requester);
        if (close.accepted) _payShares(close);
        _spendEscrow(taskId, close.caller, request.settlementFee);
        _spendEscrow(taskId, request.requester, _escrows[taskId]);
        _compareBalance(request.token, close.caller, "rule 1: the caller's fee is not that of the request");
        _compareBalance(request.token, request.requester, "rule 1: the refund is not what is left of the escrow");
        if (request.token != address(deco)) {
            _compareBalance(address(deco), request.requester, "rule 3: the compensation is not at most the posting fee");
        }
    }

    function _bookSlashes(Close memory close, address requester) private {
        uint256 left = close.slashed - close.awarded;
        uint256 compensation = close.noShow < left ? close.noShow : left;
        uint256 postingFee = uint256(close.terms.postingFee) * 1e15;
        if (compensation > postingFee) compensation = postingFee;
        _balances[address(deco)][requester] += compensation;
        _burn(left - compensation);
    }

    function _burn(uint256 amount) internal {
        _burnable += amount;
        if (market.pendingBurn() != _burnable) revert("rule 3: a slash went elsewhere than to burning");
    }

    /// @dev Protocol fee and royalties, on top of the prices paid for an accepted result, each share rounded down.
    function _payShares(Close memory close) private {
        Request storage request = _bodies[close.taskId];
        address paid = request.token;
        _spendEscrow(close.taskId, _currentTreasury, _share(close.paid, close.terms.protocolFeeBps));
        _compareBalance(paid, _currentTreasury, "rule 6: the protocol fee is not that of the post");
        _spendEscrow(close.taskId, AUTHOR, _share(close.paid, request.programBps));
        _compareBalance(paid, AUTHOR, "rule 3: the program's owner got another royalty");
        _spendEscrow(close.taskId, COLLECTOR, _share(close.paid, request.dataBps));
        _compareBalance(paid, COLLECTOR, "rule 3: the data's owner got another royalty");
    }
}
