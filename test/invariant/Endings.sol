// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Opening} from "../../contracts/types/Opening.sol";
import {TaskParameters} from "../../contracts/types/Parameters.sol";
import {ProviderWork} from "../../contracts/types/Provider.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Due, Model, Move} from "./Model.sol";
import {World} from "./World.sol";

/// @title Endings
/// @notice Settles and expires tasks, and compares what every provider, the requester and the treasury got with the model.
abstract contract Endings is World {
    struct Before {
        uint256[] earnings;
        uint256[] stakes;
        uint256 treasury;
        uint256 author;
        uint256 collector;
        uint256 requester;
        uint256 requesterDeco;
        uint256 pendingBurn;
        uint256 rounds;
        uint256 unasked;
    }

    /// @dev Settles with what has won by the model, or sees the market refuse.
    /// @return Whether it settled.
    function _settleByModel(bytes32 taskId) internal returns (bool) {
        Request memory request = _bodies[taskId];
        (uint32[] memory roster, Seat[] memory seats) = _roster(taskId);
        uint256 cap = _terms(taskId).weightCap;
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 result = _result(taskId, i == 0);
            if (!Model.wins(Model.count(taskId, seats, result, cap), request)) continue;
            Before memory before = _before(taskId);
            Due[] memory dues = new Due[](seats.length);
            for (uint256 j = 0; j < seats.length; ++j) {
                dues[j] = Model.accepted(taskId, request, _terms(taskId), seats[j], result);
            }
            _as(RELAYER);
            market.settle(request, roster, _open(taskId, i == 0));
            _compare(taskId, roster, dues, before, true);
            if (request.callback != address(0) && _undelivered.length < MAX_LIVE) _undelivered.push(taskId);
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

    function _expireByModel(bytes32 taskId, address caller) internal {
        Request memory request = _bodies[taskId];
        (uint32[] memory roster, Seat[] memory seats) = _roster(taskId);
        Before memory before = _before(taskId);
        TaskParameters memory terms = _terms(taskId);
        bool unfilled = before.unasked == 1;
        Due[] memory dues = new Due[](seats.length);
        for (uint256 i = 0; i < seats.length; ++i) {
            bool consoled = !unfilled && Model.consoled(seats, i, terms.weightCap);
            dues[i] = Model.failed(request, terms, seats[i], before.unasked, consoled);
        }
        _as(caller);
        try market.expire(request, roster) {}
        catch {
            revert("rule 2: expire is the only exit, and refused");
        }
        _compare(taskId, roster, dues, before, false);
    }

    function _open(bytes32 taskId, bool right) internal view returns (Opening memory opening) {
        opening.digest = _digest(taskId, right);
        if (_bodies[taskId].volume > 1) opening.root = _root(taskId);
    }

    function _before(bytes32 taskId) private view returns (Before memory before) {
        Request storage request = _bodies[taskId];
        uint32 count = market.providerCount();
        before.earnings = new uint256[](count);
        before.stakes = new uint256[](count);
        for (uint32 id = 1; id <= count; ++id) {
            before.earnings[id - 1] = market.earningsOf(request.token, id);
            before.stakes[id - 1] = _stake(id).active;
        }
        Task memory task = market.getTask(taskId);
        before.treasury = market.balanceOf(request.token, _currentTreasury);
        before.author = market.balanceOf(request.token, AUTHOR);
        before.collector = market.balanceOf(request.token, COLLECTOR);
        before.requester = market.balanceOf(request.token, request.requester);
        before.requesterDeco = market.balanceOf(address(deco), request.requester);
        before.pendingBurn = market.pendingBurn();
        before.rounds = task.round;
        before.unasked = task.status == TaskStatus.Open ? task.round : 0;
    }

    function _compare(bytes32 taskId, uint32[] memory roster, Due[] memory dues, Before memory before, bool accepted)
        private
    {
        TaskParameters memory terms = _terms(taskId);
        uint256 paid;
        for (uint256 i = 0; i < roster.length; ++i) {
            paid += dues[i].paid;
        }
        uint256 fee = accepted ? paid * terms.protocolFeeBps / 10_000 : 0;
        _compareSlashes(roster, dues, before);
        uint256 compensation = _compareBurn(taskId, dues, before);
        uint256 royalties = _compareRoyalties(taskId, accepted ? paid : 0, before);
        _compareRequester(taskId, paid + fee + royalties, fee, compensation, before);
        uint256 next;
        for (uint32 id = 1; id <= before.earnings.length; ++id) {
            bool seated = next < roster.length && roster[next] == id;
            _comparePay(taskId, id, seated ? dues[next].paid : 0, before);
            if (!seated) continue;
            if (_ended[taskId][id]) revert("rule 3: a seat ended twice");
            _ended[taskId][id] = true;
            _follow(id, dues[next], terms);
            ++next;
        }
        _forget(taskId);
    }

    /// @dev Slashes burn, apart from what no-shows owe the requester: at most its posting fee.
    function _compareBurn(bytes32 taskId, Due[] memory dues, Before memory before)
        private
        view
        returns (uint256 compensation)
    {
        uint256 slashed;
        for (uint256 i = 0; i < dues.length; ++i) {
            slashed += dues[i].slashed;
            if (dues[i].compensates) compensation += dues[i].slashed;
        }
        uint256 postingFee = uint256(_terms(taskId).postingFee) * 1e15;
        if (compensation > postingFee) compensation = postingFee;
        if (market.pendingBurn() - before.pendingBurn != slashed - compensation) {
            revert("rule 3: a slash went elsewhere than to burning");
        }
    }

    /// @dev On top of the prices paid for an accepted result, each share rounded down.
    function _compareRoyalties(bytes32 taskId, uint256 paid, Before memory before)
        private
        view
        returns (uint256 royalties)
    {
        Request storage request = _bodies[taskId];
        uint256 author = paid * request.programBps / 10_000;
        uint256 collector = paid * request.dataBps / 10_000;
        if (market.balanceOf(request.token, AUTHOR) - before.author != author) {
            revert("rule 3: the program's owner got another royalty");
        }
        if (market.balanceOf(request.token, COLLECTOR) - before.collector != collector) {
            revert("rule 3: the data's owner got another royalty");
        }
        return author + collector;
    }

    function _compareRequester(bytes32 taskId, uint256 spent, uint256 fee, uint256 compensation, Before memory before)
        private
        view
    {
        Request storage request = _bodies[taskId];
        uint256 treasury = market.balanceOf(request.token, _currentTreasury) - before.treasury;
        if (treasury != fee) revert("rule 6: the protocol fee is not that of the post");
        uint256 escrow = _escrowOf(taskId);
        uint256 refund = escrow - spent - before.rounds * request.settlementFee;
        if (request.token == address(deco)) {
            refund += compensation;
        } else if (market.balanceOf(address(deco), request.requester) - before.requesterDeco != compensation) {
            revert("rule 3: the compensation is not at most the posting fee");
        }
        if (market.balanceOf(request.token, request.requester) - before.requester != refund) {
            revert("rule 1: the refund is not what is left of the escrow");
        }
    }

    function _comparePay(bytes32 taskId, uint32 id, uint256 due, Before memory before) private view {
        uint256 got = market.earningsOf(_bodies[taskId].token, id) - before.earnings[id - 1];
        if (got > due) revert("rule 3: paid more than once, or for no seat");
        if (got < due) revert("rule 3: paid less than its price");
    }

    function _compareSlashes(uint32[] memory roster, Due[] memory dues, Before memory before) private view {
        uint256 next;
        for (uint32 id = 1; id <= before.stakes.length; ++id) {
            bool seated = next < roster.length && roster[next] == id;
            uint256 lost = before.stakes[id - 1] - _stake(id).active;
            uint256 due = seated ? dues[next].slashed : 0;
            if (lost != due) {
                if (seated && dues[next].governed && lost != 0) {
                    revert("rule 6: the slash is not that of the post's parameters");
                }
                revert("rule 3: slashed for what it did not do");
            }
            if (seated) ++next;
        }
    }

    /// @dev Moves the model's trust as the outcome says.
    function _follow(uint32 id, Due memory due, TaskParameters memory terms) private {
        if (due.move == Move.Rise) {
            uint32 epoch = uint32(block.timestamp / terms.epoch);
            if (epoch <= _raisedEpoch[id]) due.move = Move.None;
            else _raisedEpoch[id] = epoch;
        }
        (_trust[id], _debt[id]) = Model.move(_trust[id], _debt[id], due, terms);
        ProviderWork memory work = _work(id);
        if (work.trust != _trust[id] || work.debt != _debt[id]) revert("rule 5: trust moved otherwise");
    }

    /// @dev Escrow at post.
    function _escrowOf(bytes32 taskId) internal view returns (uint256) {
        Request storage request = _bodies[taskId];
        uint256 prices = uint256(request.maxReplicas) * request.maxPrice;
        uint256 rounds = (uint256(request.maxReplicas) + request.replicas - 1) / request.replicas;
        uint256 bps = uint256(_terms(taskId).protocolFeeBps) + request.programBps + request.dataBps;
        uint256 fee = (prices * bps + 9_999) / 10_000;
        return prices + fee + (rounds + 2) * request.settlementFee;
    }
}
