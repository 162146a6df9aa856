// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IDecoMatching} from "../../interfaces/IDecoMatching.sol";
import {Signatures} from "../../libraries/Signatures.sol";
import {MatchingLib, Offer, OfferSeat, TaskOffer, TaskSeat} from "../../types/Matching.sol";
import {ProviderWords} from "../../types/Provider.sol";
import {Request} from "../../types/Request.sol";
import {MarketState} from "../MarketState.sol";

/// @title Offers
/// @notice Providers' signed consent to seats: whether it covers one, how often it was used, and how it ends.
abstract contract Offers is MarketState {
    using MatchingLib for Offer;
    using MatchingLib for TaskOffer;
    using MatchingLib for TaskSeat;
    using MessageHashUtils for bytes32;
    using ProviderWords for uint256;

    uint256 private constant CANCELLED = type(uint256).max;

    /// @dev See {IDecoMatching-cancelOffer}.
    function cancelOffer(Offer calldata offer) external {
        _requireKey(offer.provider);
        bytes32 digest = _hashTypedDataV4(offer.structHash());
        if (_offerUses[digest] == CANCELLED) revert OfferVoid(digest);
        _offerUses[digest] = CANCELLED;
        emit IDecoMatching.OfferCancelled(offer.provider, digest);
    }

    /// @dev See {IDecoMatching-raiseOfferEpoch}.
    function raiseOfferEpoch(uint32 provider) external returns (uint32 epoch) {
        _requireKey(provider);
        uint256 key = _keys[provider];
        epoch = key.offerEpochOf() + 1;
        if (epoch > ProviderWords.MAX_OFFER_EPOCH) revert OfferEpochsExhausted(provider);
        _keys[provider] = key.withOfferEpoch(epoch);
        emit IDecoMatching.OfferEpochRaised(provider, epoch);
    }

    /// @dev Consent to one seat of one task. Nothing is stored: a provider sits on a task once.
    /// @return digest EIP-712 hash of the {TaskOffer}.
    function _consent(TaskSeat calldata seat, bytes32 taskId, bytes32 domain) internal view returns (bytes32 digest) {
        uint32 provider = seat.providerOf();
        uint40 expiry = seat.expiryOf();
        if (block.timestamp > expiry) revert OfferExpired(provider, expiry);
        uint256 key = _keys[provider];
        digest = domain.toTypedDataHash(
            TaskOffer(taskId, provider, seat.priceOf(), expiry, key.offerEpochOf()).structHash()
        );
        address operator = key.operatorOf();
        if (!Signatures.isValid(operator, digest, seat.r, seat.vs)) revert InvalidSignature(operator);
    }

    /// @dev Consent by an {Offer}, whose use is counted.
    /// @return digest Its EIP-712 hash.
    function _consent(OfferSeat calldata seat, Request calldata request, bytes32 taskId, bytes32 domain)
        internal
        returns (bytes32 digest)
    {
        Offer calldata offer = seat.offer;
        _checkCovers(offer, request, taskId);
        uint256 key = _keys[offer.provider];
        digest = domain.toTypedDataHash(offer.structHash());
        uint256 used = _offerUses[digest];
        if (used == CANCELLED || offer.epoch != key.offerEpochOf()) revert OfferVoid(digest);
        if (offer.taskId == 0) {
            if (used >= offer.seats) revert OfferUsedUp(digest, offer.seats);
            _offerUses[digest] = used + 1;
        }
        address operator = key.operatorOf();
        if (!Signatures.isValid(operator, digest, seat.signature)) revert InvalidSignature(operator);
    }

    function _checkCovers(Offer calldata offer, Request calldata request, bytes32 taskId) private view {
        if (block.timestamp > offer.expiry) revert OfferExpired(offer.provider, offer.expiry);
        uint32 provider = offer.provider;
        _covers(provider, "taskId", offer.taskId == 0 || offer.taskId == taskId);
        _covers(provider, "allocator", offer.allocator == request.allocator);
        _covers(provider, "requester", offer.requester == address(0) || offer.requester == request.requester);
        _covers(provider, "program", offer.program == 0 || offer.program == request.program);
        _covers(provider, "token", offer.token == request.token);
        _covers(provider, "lock", offer.minLock <= request.lock && request.lock <= offer.maxLock);
        _covers(provider, "volume", request.volume <= offer.maxVolume);
        _covers(provider, "commitWindow", request.commitWindow >= offer.minCommitWindow);
    }

    function _covers(uint32 provider, bytes32 field, bool covered) private pure {
        if (!covered) revert OfferMismatch(provider, field);
    }

    function _requireKey(uint32 provider) private view {
        address owner = _records[provider].owner;
        if (owner == address(0)) revert UnknownProvider(provider);
        if (msg.sender != owner && msg.sender != _keys[provider].operatorOf()) {
            revert NotProviderOwner(provider, msg.sender);
        }
    }
}
