// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProviders} from "../../../contracts/interfaces/IDecoProviders.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatStatus} from "../../../contracts/types/Seat.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract SetOperatorTest is MarketFixture {
    address private constant NEXT = address(0x0e47);
    uint32[] private ids;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, ids[0], _operator(ids[0])));
        _as(_operator(ids[0]));
        market.setOperator(ids[0], NEXT);
    }

    function test_RevertWhen_TheOperatorIsTheZeroAddress() public {
        _refused(abi.encodeWithSelector(InvalidOperator.selector, address(0)));
        _as(_owner(ids[0]));
        market.setOperator(ids[0], address(0));
    }

    function test_RevertWhen_TheOperatorServesAProvider() public {
        _refused(abi.encodeWithSelector(OperatorInUse.selector, _operator(ids[1]), ids[1]));
        _as(_owner(ids[0]));
        market.setOperator(ids[0], _operator(ids[1]));
    }

    function test_GivenTheProviderHoldsASeat() public {
        Request memory request = _request();
        bytes32 taskId = _post(request);
        _fill(request, taskId, ids);
        _as(_owner(ids[0]));
        market.setOperator(ids[0], NEXT);
        bytes32 commitment = _commitment(taskId, ids[0], RIGHT);
        _refused(abi.encodeWithSelector(NotAnOperator.selector, _operator(ids[0])));
        _as(_operator(ids[0]));
        market.commit(taskId, commitment);
        _as(NEXT);
        market.commit(taskId, commitment);
        _seatIs(taskId, ids[0], SeatStatus.Committed);
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, true, true, true);
        emit IDecoProviders.OperatorChanged(ids[0], _operator(ids[0]), NEXT);
        _as(_owner(ids[0]));
        market.setOperator(ids[0], NEXT);
        eq(market.providerOf(NEXT), ids[0], "new key");
        eq(market.providerOf(_operator(ids[0])), 0, "old key is free");
    }
}
