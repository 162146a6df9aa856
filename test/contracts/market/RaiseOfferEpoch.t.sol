// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMatching} from "../../../contracts/interfaces/IDecoMatching.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {VM} from "../support/Vm.sol";

contract RaiseOfferEpochTest is MatchingFixture {
    function test_RevertWhen_TheProviderIsUnknown() public {
        _refused(abi.encodeWithSelector(UnknownProvider.selector, 99));
        market.raiseOfferEpoch(99);
    }

    function test_RevertWhen_TheCallerIsNeitherOwnerNorOperator() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, ids[0], _operator(ids[1])));
        _as(_operator(ids[1]));
        market.raiseOfferEpoch(ids[0]);
    }

    function test_WhenTheOperatorKeyChanges() public {
        _as(_operator(ids[0]));
        market.raiseOfferEpoch(ids[0]);
        _as(_owner(ids[0]));
        market.setOperator(ids[0], STRANGER);
        eq(_identity(ids[0]).offerEpoch, 1, "epoch");
        eq(_identity(ids[0]).operator, STRANGER, "operator");
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, false, false, true);
        emit IDecoMatching.OfferEpochRaised(ids[0], 1);
        _as(_operator(ids[0]));
        eq(market.raiseOfferEpoch(ids[0]), 1, "first");
        _as(_owner(ids[0]));
        eq(market.raiseOfferEpoch(ids[0]), 2, "second");
        eq(_identity(ids[0]).offerEpoch, 2, "stored");
        eq(_identity(ids[0]).operator, _operator(ids[0]), "the operator shares the word");
    }
}
