// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Match, MatchingLib, Offer, TaskOffer, TaskSeat} from "../../../contracts/types/Matching.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {VM} from "../support/Vm.sol";
import {Keys} from "../support/Wallets.sol";

/// @dev What `openAndAssign` asks of the offers that providers signed; everything else is in `OpenAndAssign.t.sol`.
contract AssignedOffersTest is MatchingFixture {
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        request = _signable();
        taskId = market.hashRequest(request);
    }

    // --- task offers ---

    function test_RevertWhen_TheProviderDidNotSignTheTaskOffer() public {
        _unsigned(_match(request, _signed(_taskOffer(taskId, ids[0]), OTHER_KEY)), ids[0]);
        _unsigned(_match(request, _signed(_taskOffer(taskId, ids[0]), _key(ids[1]))), ids[0]);
        TaskSeat memory seat = _signed(_taskOffer(taskId, ids[0]), _key(ids[0]));
        (seat.r, seat.vs) = (0, 0);
        _unsigned(_match(request, seat), ids[0]);
    }

    function test_RevertWhen_ATermOfTheTaskOfferWasChanged() public {
        TaskOffer memory offer = _taskOffer(taskId, ids[0]);
        TaskSeat memory seat = _signed(offer, _key(ids[0]));
        ++offer.price;
        seat.terms = _terms(offer);
        _unsigned(_match(request, seat), ids[0]);
        --offer.price;
        ++offer.expiry;
        seat.terms = _terms(offer);
        _unsigned(_match(request, seat), ids[0]);
        --offer.expiry;
        offer.provider = ids[1];
        seat.terms = _terms(offer);
        _unsigned(_match(request, seat), ids[1]);
    }

    function test_RevertWhen_TheTaskOfferWasForAnotherTask() public {
        TaskSeat memory seat = _signed(_taskOffer(taskId, ids[0]), _key(ids[0]));
        ++request.nonce;
        _unsigned(_match(request, seat), ids[0]);
    }

    function test_RevertWhen_TheTaskOfferWasForAnotherChainOrMarket() public {
        TaskOffer memory offer = _taskOffer(taskId, ids[0]);
        TaskSeat memory seat = _signed(offer, _key(ids[0]));
        for (uint256 i = 0; i < 2; ++i) {
            (seat.r, seat.vs) = Keys.signShort(_key(ids[0]), _foreign(MatchingLib.structHash(offer), i == 0));
            _unsigned(_match(request, seat), ids[0]);
        }
    }

    function test_RevertWhen_TheEpochWasRaisedAfterTheTaskOffer() public {
        Match memory item = _match(request, _pair());
        _as(_operator(ids[1]));
        market.raiseOfferEpoch(ids[1]);
        _unsigned(item, ids[1]);
        _openAsAllocator(_match(request, _pair()));
    }

    function test_RevertWhen_TheKeyOfTheProviderWasChanged() public {
        Match memory item = _match(request, _pair());
        _as(_owner(ids[0]));
        market.setOperator(ids[0], STRANGER);
        _refused(abi.encodeWithSelector(InvalidSignature.selector, STRANGER));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheProviderIsUnknown() public {
        TaskOffer memory offer = _taskOffer(taskId, 0);
        Match memory item = _match(request, _signed(offer, OTHER_KEY));
        _refused(abi.encodeWithSelector(InvalidSignature.selector, address(0)));
        _openAsAllocator(item);
        (item.taskSeats[0].r, item.taskSeats[0].vs) = (0, 0);
        _refused(abi.encodeWithSelector(InvalidSignature.selector, address(0)));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheTaskOfferHasExpired() public {
        Match memory item = _match(request, _pair());
        uint256 expiry = block.timestamp + 60;
        VM.warp(expiry + 1);
        _refused(abi.encodeWithSelector(OfferExpired.selector, ids[0], expiry));
        _openAsAllocator(item);
        VM.warp(expiry);
        _openAsAllocator(item);
    }

    // --- offers ---

    function test_RevertWhen_TheProviderDidNotSignTheOffer() public {
        Offer memory offer = _offer(ids[0]);
        Match memory item = _match(request, offer);
        item.offerSeats[0].signature = Keys.sign(OTHER_KEY, _hashOf(offer));
        _unsigned(item, ids[0]);
        item.offerSeats[0].signature = Keys.malleated(Keys.sign(_key(ids[0]), _hashOf(offer)));
        _unsigned(item, ids[0]);
        for (uint256 i = 0; i < 2; ++i) {
            item.offerSeats[0].signature = Keys.sign(_key(ids[0]), _foreign(MatchingLib.structHash(offer), i == 0));
            _unsigned(item, ids[0]);
        }
        item = _match(request, offer);
        ++item.offerSeats[0].offer.price;
        _unsigned(item, ids[0]);
    }

    function test_RevertWhen_TheOfferHasExpired() public {
        Match memory item = _match(request, _offer(ids[0]));
        VM.warp(block.timestamp + 601);
        _refused(abi.encodeWithSelector(OfferExpired.selector, ids[0], block.timestamp - 1));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheEpochWasRaisedAfterTheOffer() public {
        Offer memory offer = _offer(ids[0]);
        Match memory item = _match(request, offer);
        _as(_owner(ids[0]));
        market.raiseOfferEpoch(ids[0]);
        _refused(abi.encodeWithSelector(OfferVoid.selector, _hashOf(offer)));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheOfferWasCancelled() public {
        Offer memory standing = _offer(ids[0]);
        Offer memory bound = _offer(ids[0]);
        bound.taskId = taskId;
        _cancelled(standing);
        _cancelled(bound);
    }

    function test_RevertWhen_TheOfferDoesNotCoverTheRequest() public {
        Offer memory offer = _offer(ids[0]);
        offer.taskId = bytes32(uint256(taskId) + 1);
        _mismatch(offer, "taskId");
        offer = _offer(ids[0]);
        offer.allocator = STRANGER;
        _mismatch(offer, "allocator");
        offer = _offer(ids[0]);
        offer.allocator = address(0);
        _mismatch(offer, "allocator");
        offer = _offer(ids[0]);
        offer.requester = STRANGER;
        _mismatch(offer, "requester");
        offer = _offer(ids[0]);
        offer.program = keccak256("another program");
        _mismatch(offer, "program");
        offer = _offer(ids[0]);
        offer.token = address(deco);
        _mismatch(offer, "token");
        offer = _offer(ids[0]);
        offer.minLock = LOCK + 1;
        _mismatch(offer, "lock");
        offer = _offer(ids[0]);
        offer.maxLock = LOCK - 1;
        _mismatch(offer, "lock");
        offer = _offer(ids[0]);
        offer.maxVolume = 0;
        _mismatch(offer, "volume");
        offer = _offer(ids[0]);
        offer.minCommitWindow = 601;
        _mismatch(offer, "commitWindow");
        offer = _offer(ids[0]);
        (offer.requester, offer.program, offer.taskId) = (holder, request.program, taskId);
        _openAsAllocator(_match(request, offer));
    }

    function test_RevertWhen_TheOfferIsUsedUp() public {
        Offer memory offer = _offer(ids[0]);
        offer.seats = 1;
        _openAsAllocator(_match(request, offer));
        ++request.nonce;
        Match memory item = _match(request, offer);
        _refused(abi.encodeWithSelector(OfferUsedUp.selector, _hashOf(offer), 1));
        _openAsAllocator(item);
        offer.seats = 0;
        item = _match(request, offer);
        _refused(abi.encodeWithSelector(OfferUsedUp.selector, _hashOf(offer), 0));
        _openAsAllocator(item);
    }

    // --- steps ---

    function _unsigned(Match memory item, uint32 provider) private {
        _refused(abi.encodeWithSelector(InvalidSignature.selector, _operator(provider)));
        _openAsAllocator(item);
    }

    function _cancelled(Offer memory offer) private {
        _as(_operator(offer.provider));
        market.cancelOffer(offer);
        Match memory item = _match(request, offer);
        _refused(abi.encodeWithSelector(OfferVoid.selector, _hashOf(offer)));
        _openAsAllocator(item);
    }

    function _mismatch(Offer memory offer, bytes32 field) private {
        Match memory item = _match(request, offer);
        _refused(abi.encodeWithSelector(OfferMismatch.selector, offer.provider, field));
        _openAsAllocator(item);
    }
}
