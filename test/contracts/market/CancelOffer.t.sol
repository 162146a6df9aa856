// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMatching} from "../../../contracts/interfaces/IDecoMatching.sol";
import {Offer} from "../../../contracts/types/Matching.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {VM} from "../support/Vm.sol";

contract CancelOfferTest is MatchingFixture {
    Offer private offer;

    function setUp() public override {
        super.setUp();
        offer = _offer(ids[0]);
    }

    function test_RevertWhen_TheProviderIsUnknown() public {
        offer.provider = 99;
        _refused(abi.encodeWithSelector(UnknownProvider.selector, 99));
        market.cancelOffer(offer);
    }

    function test_RevertWhen_TheCallerIsNeitherOwnerNorOperator() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, ids[0], _operator(ids[1])));
        _as(_operator(ids[1]));
        market.cancelOffer(offer);
    }

    function test_RevertWhen_ItWasCancelledBefore() public {
        _as(_operator(ids[0]));
        market.cancelOffer(offer);
        _refused(abi.encodeWithSelector(OfferVoid.selector, _hashOf(offer)));
        _as(_operator(ids[0]));
        market.cancelOffer(offer);
    }

    function test_WhenTheOwnerCalls() public {
        _as(_owner(ids[0]));
        market.cancelOffer(offer);
        eq(market.offerUse(_hashOf(offer)), type(uint256).max, "marked");
    }

    function test_WhenTheOperatorCalls() public {
        bytes32 hash = market.hashOffer(offer);
        eq(hash, _hashOf(offer), "EIP-712");
        VM.expectEmit(true, true, false, true);
        emit IDecoMatching.OfferCancelled(ids[0], hash);
        _as(_operator(ids[0]));
        market.cancelOffer(offer);
        eq(market.offerUse(hash), type(uint256).max, "marked");
    }
}
