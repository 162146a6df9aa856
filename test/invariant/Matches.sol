// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    AssignedSeat,
    Match,
    MatchingLib,
    Offer,
    OfferSeat,
    TaskOffer,
    TaskSeat
} from "../../contracts/types/Matching.sol";
import {Request} from "../../contracts/types/Request.sol";
import {SeatStatus} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {Keys} from "../contracts/support/Wallets.sol";
import {Member} from "./Ledger.sol";
import {Model} from "./Model.sol";
import {Proofs} from "./Proofs.sol";

/// @title Matches
/// @notice What requesters, allocators and providers sign, and who brings it: tasks opened by signature, seats assigned, offers
/// cancelled, and bad items among good ones.
abstract contract Matches is Proofs {
    /// @dev A standing offer of each provider for each allocator and token, numbered; and its uses by the model.
    mapping(uint32 provider => uint256) private _offerSalt;
    mapping(bytes32 offer => uint256) private _uses;
    /// @dev The last item that was opened, to be brought again.
    bytes private _lastMatch;

    struct Batch {
        Match[] items;
        /// Which of them is good.
        bool[] good;
        uint32[] providers;
    }

    function allocate(uint256 seed) external {
        uint256 what = seed % 8;
        seed >>= 8;
        if (what == 0) _cancelSomething(seed);
        else if (what == 1) _replay();
        else if (what < 4) _assignToOpen(seed);
        else if (what == 4) _openPlain(seed);
        else _openBatch(seed);
    }

    // --- what is signed ---

    function _signedDigest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", market.domainSeparator(), structHash));
    }

    function _keyOf(uint32 provider) private view returns (uint256) {
        return _operatorKey(provider, _members[provider].rotated);
    }

    function _taskSeat(bytes32 taskId, uint32 provider, uint96 price) private view returns (TaskSeat memory seat) {
        uint40 expiry = uint40(block.timestamp + 60);
        TaskOffer memory offer = TaskOffer(taskId, provider, price, expiry, _members[provider].offerEpoch);
        seat.terms = uint256(provider) | (uint256(price) << 32) | (uint256(expiry) << 128);
        (seat.r, seat.vs) = Keys.signShort(_keyOf(provider), _signedDigest(MatchingLib.structHash(offer)));
    }

    /// @dev The same until it is cancelled or used up, so that its uses count.
    function _offer(uint32 provider, Request memory request) private view returns (Offer memory offer) {
        offer.provider = provider;
        offer.allocator = request.allocator;
        offer.token = request.token;
        offer.price = _middle(request);
        (offer.minLock, offer.maxLock) = (40 ether, 200 ether);
        offer.maxVolume = VOLUME;
        offer.minCommitWindow = 600;
        offer.seats = 2;
        offer.expiry = type(uint40).max;
        offer.epoch = _members[provider].offerEpoch;
        offer.salt = bytes32(_offerSalt[provider]);
    }

    function _middle(Request memory request) private pure returns (uint96) {
        return request.minPrice + (request.maxPrice - request.minPrice) / 2;
    }

    /// @dev The allocator's word, by its key.
    function _assignment(Match memory item, bytes32 taskId, uint256 round) private view returns (bytes memory) {
        uint256 short = item.taskSeats.length;
        AssignedSeat[] memory seats = new AssignedSeat[](short + item.offerSeats.length);
        for (uint256 i = 0; i < seats.length; ++i) {
            seats[i] = i < short
                ? AssignedSeat(uint32(item.taskSeats[i].terms), uint96(item.taskSeats[i].terms >> 32))
                : AssignedSeat(item.offerSeats[i - short].offer.provider, item.offerSeats[i - short].offer.price);
        }
        bytes32 digest = _signedDigest(MatchingLib.structHash(taskId, round, seats));
        return Keys.sign(_allocatorKey(item.request.allocator == _allocators[0] ? 0 : 1), digest);
    }

    function _signOf(Request memory request, bytes32 taskId) private view returns (bytes memory) {
        uint256 i;
        while (_requesters[i] != request.requester) ++i;
        return Keys.sign(_requesterKey(i), taskId);
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

    /// @dev Signed requests are paid from the balance only: more than any costs.
    function _prepay(Request memory request) private {
        address paid = request.token;
        if (paid != address(deco) && _balances[paid][request.requester] < 1e11) {
            _deposit(paid, request.requester, 1e11);
        }
        if (_balances[address(deco)][request.requester] < 2_000 ether) {
            _deposit(address(deco), request.requester, 2_000 ether);
        }
    }

    /// @dev New tasks with one or two seats each, brought at once; one of them is bad.
    function _openBatch(uint256 seed) private {
        if (_live.length + 2 > MAX_LIVE) _skip();
        Batch memory batch;
        (batch.items, batch.good, batch.providers) = (new Match[](2), new bool[](2), new uint32[](2));
        uint256 bad = seed % 4;
        for (uint256 i = 0; i < 2; ++i) {
            Request memory request = _random(uint256(keccak256(abi.encode(seed, i))));
            if (request.policy != address(0)) (request.policy, request.policyData) = (address(0), 0);
            if (request.replicas == 0) (request.replicas, request.maxReplicas) = (1, 1);
            (request.allocator, request.allocatorWindow) = (_allocators[seed >> 8 & 1], 200);
            // Of one price, so that standing offers are used more than once.
            uint96 unit = request.token == address(deco) ? 1 ether : 1_000_000;
            (request.minPrice, request.maxPrice) = (unit, 3 * unit);
            batch.providers[i] = _willing(request, seed >> 16, i == 0 ? 0 : batch.providers[0]);
            if (batch.providers[i] == 0) _skip();
            _prepay(request);
            (batch.items[i], batch.good[i]) = (_matchOf(request, batch.providers[i], seed >> 24), i != bad);
            if (i == bad) _spoil(batch.items[i], seed >> 32);
        }
        _bring(batch, seed);
    }

    /// @dev A provider that has enough free stake for the seat. Of a trust-moving allocator one seat must be left.
    function _willing(Request memory request, uint256 seed, uint32 other) private view returns (uint32) {
        bool moves = parameters.movesTrust(request.allocator);
        if (moves && request.replicas == 1) return 0;
        for (uint256 i = 0; i < _memberCount; ++i) {
            uint32 id = uint32((seed % _memberCount + i) % _memberCount) + 1;
            Member storage member = _members[id];
            if (id == other || member.leaving || member.dormant) continue;
            if (member.active - member.locked < request.lock) continue;
            if (_stakeBefore(member, block.timestamp) >= 1e15) return id;
        }
        return 0;
    }

    function _matchOf(Request memory request, uint32 provider, uint256 seed) private view returns (Match memory item) {
        item.request = request;
        bytes32 taskId = market.hashRequest(request);
        item.signature = _signOf(request, taskId);
        _addSeat(item, taskId, provider, 1, seed);
    }

    /// @dev By an offer for the task, or by a standing one.
    function _addSeat(Match memory item, bytes32 taskId, uint32 provider, uint256 round, uint256 seed) private view {
        if (seed % 2 == 0) {
            item.taskSeats = new TaskSeat[](1);
            item.taskSeats[0] = _taskSeat(taskId, provider, _middle(item.request));
        } else {
            Offer memory offer = _offer(provider, item.request);
            item.offerSeats = new OfferSeat[](1);
            item.offerSeats[0] =
                OfferSeat(offer, Keys.sign(_keyOf(provider), _signedDigest(MatchingLib.structHash(offer))));
        }
        item.assignment = _assignment(item, taskId, round);
    }

    /// @dev Takes one of the three consents away, or two and the terms.
    function _spoil(Match memory item, uint256 seed) private pure {
        uint256 what = seed % 4;
        if (what == 0) item.signature[7] = ~item.signature[7];
        else if (what == 1) item.assignment[7] = ~item.assignment[7];
        else if (what == 2 && item.taskSeats.length != 0) item.taskSeats[0].r = ~item.taskSeats[0].r;
        else if (what == 2) item.offerSeats[0].signature[7] = ~item.offerSeats[0].signature[7];
        else if (item.taskSeats.length != 0) item.taskSeats[0].terms ^= 1 << 33;
        else item.offerSeats[0].offer.price ^= 2;
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

    function _isKnown(bytes32 taskId) private view returns (bool) {
        try market.getTask(taskId) {
            return true;
        } catch {
            return false;
        }
    }

    function _placed(Match memory item, bytes32 taskId, uint32 provider) private {
        uint40 fraction = Model.fractionOf(item.request.minPrice, item.request.maxPrice, _middle(item.request));
        if (item.offerSeats.length != 0) ++_uses[_signedDigest(MatchingLib.structHash(item.offerSeats[0].offer))];
        _seated(taskId, provider, parameters.movesTrust(item.request.allocator), fraction);
        if (item.offerSeats.length == 0) return;
        bytes32 offer = _signedDigest(MatchingLib.structHash(item.offerSeats[0].offer));
        if (market.offerUse(offer) != _uses[offer]) revert("rule 3: an offer's uses are miscounted");
        if (_uses[offer] == item.offerSeats[0].offer.seats) ++_offerSalt[provider];
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
