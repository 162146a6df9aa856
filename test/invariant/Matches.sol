// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Match, Offer, OfferSeat, TaskSeat} from "../../contracts/types/Matching.sol";
import {Request} from "../../contracts/types/Request.sol";
import {SeatStatus} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Folding} from "./Folding.sol";
import {Model} from "./Model.sol";

/// @title Matches
/// @notice Who brings what requesters, allocators and providers sign: tasks opened by signature, seats assigned, offers
/// cancelled, and bad items among good ones.
abstract contract Matches is Folding {
    struct Batch {
        Match[] items;
        /// Which of them is good.
        bool[] good;
        uint32[] providers;
    }

    function allocate(uint256 seed) external {
        uint256 what = seed % 10;
        seed >>= 8;
        if (what == 0) _cancelSomething(seed);
        else if (what == 1) _replay();
        else if (what < 4) _assignToOpen(seed);
        else if (what == 4) _openPlain(seed);
        else if (what < 8) _openBatch(seed);
        else _openAndFold(seed);
    }

    // --- moves ---

    /// @dev A signed request without seats, of any shape.
    function _openPlain(uint256 seed) private {
        if (_live.length == MAX_LIVE) _skip();
        Request memory request = _random(seed);
        bytes32 taskId = market.hashRequest(request);
        bytes memory signature = _signOf(request, taskId);
        if (seed % 4 == 0) {
            _as(request.requester);
            market.cancelRequest(request);
            _as(STRANGER);
            try market.openSigned(request, signature) {
                revert("rule 3: a cancelled request was opened");
            } catch (bytes memory reason) {
                if (bytes4(reason) != AlreadyPosted.selector) revert("rule 2: openSigned refused by another error");
            }
            return;
        }
        _prepay(request);
        _as(STRANGER);
        market.openSigned(request, signature);
        _opened(taskId, request);
    }

    /// @dev New tasks with one or two seats each, brought at once; one of them is bad.
    function _openBatch(uint256 seed) private {
        if (_live.length + 2 > MAX_LIVE) _skip();
        Batch memory batch;
        (batch.items, batch.good, batch.providers) = (new Match[](2), new bool[](2), new uint32[](2));
        uint256 bad = seed % 4;
        for (uint256 i = 0; i < 2; ++i) {
            Request memory request =
                _assignableRequest(uint256(keccak256(abi.encode(seed, i))), _allocators[seed >> 8 & 1]);
            batch.providers[i] = _willing(request, seed >> 16, i == 0 ? 0 : batch.providers[0]);
            if (batch.providers[i] == 0) _skip();
            _prepay(request);
            (batch.items[i], batch.good[i]) = (_matchOf(request, batch.providers[i], seed >> 24), i != bad);
            if (i == bad) _spoil(batch.items[i], seed >> 32);
        }
        _bring(batch, seed);
    }

    function _matchOf(Request memory request, uint32 provider, uint256 seed) private view returns (Match memory item) {
        item.request = request;
        bytes32 taskId = market.hashRequest(request);
        item.signature = _signOf(request, taskId);
        _addSeat(item, taskId, provider, 1, seed);
    }

    /// @dev By an offer for the task, or by a standing one.
    function _addSeat(Match memory item, bytes32 taskId, uint32 provider, uint256 round, uint256 seed) internal view {
        if (seed % 2 == 0) {
            item.taskSeats = new TaskSeat[](1);
            item.taskSeats[0] = _taskSeat(taskId, provider, _middle(item.request));
        } else {
            item.offerSeats = new OfferSeat[](1);
            item.offerSeats[0] = _offerSeat(provider, item.request);
        }
        item.assignment = _assignment(item, taskId, round);
    }

    function _bring(Batch memory batch, uint256 seed) private {
        _as(STRANGER);
        uint256 done;
        try market.openMany(batch.items) returns (uint256 count) {
            done = count;
        } catch {
            revert("rule 8: a bad item kept a good one out");
        }
        uint256 expected;
        for (uint256 i = 0; i < batch.items.length; ++i) {
            Match memory item = batch.items[i];
            bytes32 taskId = market.hashRequest(item.request);
            bool opened = _isKnown(taskId);
            if (opened && !batch.good[i]) revert("rule 3: a seat without all consents");
            if (!batch.good[i]) continue;
            ++expected;
            if (!opened) revert("rule 8: a bad item kept a good one out");
            _opened(taskId, item.request);
            _placed(item, taskId, batch.providers[i]);
            if (seed % 2 == i) _lastMatch = abi.encode(item);
        }
        if (done != expected) revert("rule 8: a batch counted otherwise");
    }

    function _isKnown(bytes32 taskId) internal view returns (bool) {
        try market.getTask(taskId) {
            return true;
        } catch {
            return false;
        }
    }

    function _placed(Match memory item, bytes32 taskId, uint32 provider) private {
        uint40 fraction = Model.fractionOf(item.request.minPrice, item.request.maxPrice, _middle(item.request));
        _seated(taskId, provider, parameters.movesTrust(item.request.allocator), fraction);
        if (item.offerSeats.length != 0) _used(item.offerSeats[0].offer);
    }

    /// @dev A seat of a task that is open already, by its allocator itself.
    function _assignToOpen(uint256 seed) private {
        bytes32 taskId = _find(_live, seed, _assignable);
        if (taskId == 0) _skip();
        Task storage task = _votes[taskId];
        Match memory item;
        item.request = _bodies[taskId];
        uint32 provider;
        for (uint32 i = 0; i < _memberCount && provider == 0; ++i) {
            uint32 id = uint32((seed >> 8) % _memberCount + i) % _memberCount + 1;
            if (_seats[taskId][id].status == SeatStatus.None && _canLock(taskId, id)) {
                if (_stakeBefore(_members[id], task.postedAt) >= 1e15) provider = id;
            }
        }
        if (provider == 0) _skip();
        _addSeat(item, taskId, provider, task.round, seed >> 16);
        if (seed % 2 == 0) item.assignment = "";
        _as(seed % 2 == 0 ? item.request.allocator : STRANGER);
        try market.openAndAssign(item) {}
        catch {
            revert("rule 2: a seat was assigned and refused");
        }
        _placed(item, taskId, provider);
        _lastMatch = abi.encode(item);
    }

    function _assignable(bytes32 taskId) private view returns (bool) {
        Request storage request = _bodies[taskId];
        Task storage task = _votes[taskId];
        if (request.allocator == address(0) || task.status != TaskStatus.Open) return false;
        if (block.timestamp >= uint256(task.openedAt) + request.allocatorWindow) return false;
        return task.wanted - task.taken > (parameters.movesTrust(request.allocator) ? 1 : 0);
    }

    /// @dev The same seats once more, on the task that they were for.
    function _replay() private {
        if (_lastMatch.length == 0) _skip();
        Match memory item = abi.decode(_lastMatch, (Match));
        _as(STRANGER);
        try market.openAndAssign(item) {
            revert("rule 3: consents were used twice");
        } catch {}
    }

    /// @dev Makes what was signed worthless: one offer, or all.
    function _cancelSomething(uint256 seed) private {
        uint32 id = uint32(seed % _memberCount) + 1;
        _as(seed & 256 == 0 ? _members[id].owner : _members[id].operator);
        if (seed & 512 == 0) {
            market.raiseOfferEpoch(id);
            ++_members[id].offerEpoch;
            return;
        }
        Request memory request;
        (request.allocator, request.token) = (_allocators[(seed >> 10) & 1], address(token));
        Offer memory offer = _offer(id, request);
        market.cancelOffer(offer);
        ++_offerSalt[id];
        if (market.offerUse(market.hashOffer(offer)) != type(uint256).max) revert("rule 3: a cancelled offer lives");
    }
}
