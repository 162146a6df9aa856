// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract CancelTest is MarketFixture {
    uint32 private id;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        id = _providers(1)[0];
        request = _request();
        taskId = _post(request);
    }

    function test_RevertWhen_TheCallerIsNotTheRequester() public {
        _refused(abi.encodeWithSelector(NotRequester.selector, STRANGER, REQUESTER));
        _as(STRANGER);
        market.cancel(request);
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        Request memory other = _request();
        bytes32 unknown = market.hashRequest(other);
        _refused(abi.encodeWithSelector(UnknownTask.selector, unknown));
        _as(REQUESTER);
        market.cancel(other);
    }

    function test_RevertWhen_TheTaskHasEnded() public {
        _as(REQUESTER);
        market.cancel(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Ended));
        _as(REQUESTER);
        market.cancel(request);
    }

    function test_RevertWhen_ASeatIsTaken() public {
        _drawAll(request, taskId);
        _claim(request, id);
        _refused(abi.encodeWithSelector(SeatsTaken.selector, taskId, 1));
        _as(REQUESTER);
        market.cancel(request);
    }

    function test_WhenTheOnlySeatWasDeclined() public {
        _drawAll(request, taskId);
        _claim(request, id);
        _as(_operator(id));
        market.decline(request);
        _as(REQUESTER);
        market.cancel(request);
        _isEnded(taskId, EndReason.Cancelled);
        eq(_work(id).locked, 0, "no lock is left");
    }

    function test_WhenNoSeatIsTaken() public {
        uint256 escrow = _escrow(request);
        VM.expectEmit(true, false, false, true);
        emit IDecoTasks.TaskEnded(taskId, EndReason.Cancelled, escrow, REQUESTER);
        _as(REQUESTER);
        market.cancel(request);
        eq(_balance(REQUESTER), escrow, "refund");
        eq(market.pendingBurn(), Defaults.POSTING_FEE, "the fee is burned");
        _isEnded(taskId, EndReason.Cancelled);
    }
}
