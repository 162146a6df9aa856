// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProviders} from "../../../contracts/interfaces/IDecoProviders.sol";
import {PostParameters} from "../../../contracts/types/Parameters.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract OwnershipTest is MarketFixture {
    uint32 private id;

    function setUp() public override {
        super.setUp();
        id = _provider(STAKE);
    }

    function test_RevertWhen_AStrangerOffers() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, id, STRANGER));
        _as(STRANGER);
        market.offerOwnership(id, STRANGER);
    }

    function test_RevertWhen_SomebodyAcceptsWhoWasNotAsked() public {
        _offer(STRANGER);
        _refused(abi.encodeWithSelector(NotPendingOwner.selector, id, RELAYER));
        _as(RELAYER);
        market.acceptOwnership(id);
    }

    function test_RevertWhen_TheOfferWasWithdrawn() public {
        _offer(STRANGER);
        _offer(address(0));
        _refused(abi.encodeWithSelector(NotPendingOwner.selector, id, STRANGER));
        _as(STRANGER);
        market.acceptOwnership(id);
    }

    function test_RevertWhen_NobodyIsAskedAndTheZeroAddressCannotCall() public {
        _refused(abi.encodeWithSelector(NotPendingOwner.selector, 55, STRANGER));
        _as(STRANGER);
        market.acceptOwnership(55);
    }

    function test_GivenTrustAboveTheStart() public {
        _setTrust(id, 87);
        _offer(STRANGER);
        _as(STRANGER);
        market.acceptOwnership(id);
        eq(_work(id).trust, 10, "trust cannot be bought");
    }

    function test_GivenTrustAtTheFloor() public {
        PostParameters memory post = Defaults.post();
        post.trustStart = 20;
        parameters.setParameters(Defaults.task(), post);
        _offer(STRANGER);
        _as(STRANGER);
        market.acceptOwnership(id);
        eq(_work(id).trust, 10, "a transfer raises nothing");
    }

    function test_WhenTheAskedOneAccepts() public {
        _offer(STRANGER);
        VM.expectEmit(true, true, true, true);
        emit IDecoProviders.OwnershipAccepted(id, _owner(id), STRANGER, 10);
        _as(STRANGER);
        market.acceptOwnership(id);
        eq(_identity(id).owner, STRANGER, "owner");
        eq(_identity(id).pendingOwner, address(0), "no offer left");
        _as(STRANGER);
        market.unbond(id, STAKE);
        eq(_identity(id).unbonding, STAKE, "the stake is the new owner's");
    }

    function _offer(address to) private {
        VM.expectEmit(true, true, false, true);
        emit IDecoProviders.OwnershipOffered(id, to);
        _as(_owner(id));
        market.offerOwnership(id, to);
    }
}
