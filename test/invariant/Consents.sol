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
import {Keys} from "../contracts/support/Wallets.sol";
import {Member} from "./Ledger.sol";
import {Proofs} from "./Proofs.sol";

/// @title Consents
/// @notice What requesters, allocators and providers sign to have tasks opened and seats assigned.
abstract contract Consents is Proofs {
    /// @dev A standing offer of each provider for each allocator and token, numbered; and its uses by the model.
    mapping(uint32 provider => uint256) internal _offerSalt;
    mapping(bytes32 offer => uint256) private _uses;
    /// @dev The last item that was opened, to be brought again.
    bytes internal _lastMatch;

    // --- what is signed ---

    function _taskSeat(bytes32 taskId, uint32 provider, uint96 price) internal view returns (TaskSeat memory seat) {
        uint40 expiry = uint40(block.timestamp + 60);
        TaskOffer memory offer = TaskOffer(taskId, provider, price, expiry, _members[provider].offerEpoch);
        seat.terms = uint256(provider) | (uint256(price) << 32) | (uint256(expiry) << 128);
        (seat.r, seat.vs) = Keys.signShort(_keyOf(provider), _signedDigest(MatchingLib.structHash(offer)));
    }

    /// @dev The same until it is cancelled or used up, so that its uses count.
    function _offer(uint32 provider, Request memory request) internal view returns (Offer memory offer) {
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

    function _middle(Request memory request) internal pure returns (uint96) {
        return request.minPrice + (request.maxPrice - request.minPrice) / 2;
    }

    /// @dev The allocator's word, by its key.
    function _assignment(Match memory item, bytes32 taskId, uint256 round) internal view returns (bytes memory) {
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

    function _signOf(Request memory request, bytes32 taskId) internal view returns (bytes memory) {
        uint256 i;
        while (_requesters[i] != request.requester) ++i;
        return Keys.sign(_requesterKey(i), taskId);
    }

    /// @dev Signed requests are paid from the balance only: more than any costs.
    function _prepay(Request memory request) internal {
        address paid = request.token;
        if (paid != address(deco) && _balances[paid][request.requester] < 1e11) {
            _deposit(paid, request.requester, 1e11);
        }
        if (_balances[address(deco)][request.requester] < 2_000 ether) {
            _deposit(address(deco), request.requester, 2_000 ether);
        }
    }

    /// @dev A provider other than the one named that has enough free stake for the seat. Of a trust-moving allocator one seat must be left.
    function _willing(Request memory request, uint256 seed, uint32 other) internal view returns (uint32) {
        bool moves = parameters.movesTrust(request.allocator);
        if (moves && request.replicas == 1) return 0;
        for (uint256 i = 0; i < _memberCount; ++i) {
            uint32 id = uint32((seed % _memberCount + i) % _memberCount) + 1;
            if (id != other && _isWilling(request, id)) return id;
        }
        return 0;
    }

    function _isWilling(Request memory request, uint32 id) internal view returns (bool) {
        Member storage member = _members[id];
        if (member.leaving || member.dormant || member.active - member.locked < request.lock) return false;
        return _stakeBefore(member, block.timestamp) >= 1e15;
    }

    /// @dev A request that its allocator may fill, without a policy.
    function _assignableRequest(uint256 seed, address allocator) internal returns (Request memory request) {
        request = _random(seed);
        if (request.policy != address(0)) (request.policy, request.policyData) = (address(0), 0);
        if (request.replicas == 0) (request.replicas, request.maxReplicas) = (1, 1);
        (request.allocator, request.allocatorWindow) = (allocator, 200);
        // Of one price, so that standing offers are used more than once.
        uint96 unit = request.token == address(deco) ? 1 ether : 1_000_000;
        (request.minPrice, request.maxPrice) = (unit, 3 * unit);
    }

    function _offerSeat(uint32 provider, Request memory request) internal view returns (OfferSeat memory) {
        Offer memory offer = _offer(provider, request);
        return OfferSeat(offer, Keys.sign(_keyOf(provider), _signedDigest(MatchingLib.structHash(offer))));
    }

    /// @dev One seat more of the standing offer.
    function _used(Offer memory offer) internal {
        bytes32 digest = _signedDigest(MatchingLib.structHash(offer));
        uint256 uses = ++_uses[digest];
        if (market.offerUse(digest) != uses) revert("rule 3: an offer's uses are miscounted");
        if (uses == offer.seats) ++_offerSalt[offer.provider];
    }

    /// @dev Takes one of the three consents away, or two and the terms.
    function _spoil(Match memory item, uint256 seed) internal pure {
        uint256 what = seed % 4;
        if (what == 0) item.signature[7] = ~item.signature[7];
        else if (what == 1) item.assignment[7] = ~item.assignment[7];
        else if (what == 2 && item.taskSeats.length != 0) item.taskSeats[0].r = ~item.taskSeats[0].r;
        else if (what == 2) item.offerSeats[0].signature[7] = ~item.offerSeats[0].signature[7];
        else if (item.taskSeats.length != 0) item.taskSeats[0].terms ^= 1 << 33;
        else item.offerSeats[0].offer.price ^= 2;
    }
}
