// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoMatching} from "../../../contracts/interfaces/IDecoMatching.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason} from "../../../contracts/types/Task.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {VM} from "../support/Vm.sol";

contract CancelRequestTest is MatchingFixture {
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        request = _signable();
        taskId = market.hashRequest(request);
    }

    function test_RevertWhen_TheCallerIsNotTheRequester() public {
        _refused(abi.encodeWithSelector(NotRequester.selector, STRANGER, holder));
        _as(STRANGER);
        market.cancelRequest(request);
    }

    function test_RevertWhen_TheTaskWasOpened() public {
        bytes memory signature = _signRequest(request);
        market.openSigned(request, signature);
        _again();
    }

    function test_RevertWhen_ItWasCancelledBefore() public {
        _as(holder);
        market.cancelRequest(request);
        _again();
    }

    function test_WhenItIsAnOrder() public {
        Request memory order;
        (order.requester, order.nonce) = (holder, 300);
        VM.expectEmit(true, true, false, true);
        emit IDecoMatching.RequestCancelled(market.hashRequest(order), holder);
        _as(holder);
        market.cancelRequest(order);
        eq(market.orderNonces(holder, 1), 1 << 44, "nonce");
        _refused(abi.encodeWithSelector(NonceUsed.selector, holder, 300));
        _as(holder);
        market.cancelRequest(order);
    }

    function test_WhenItIsAnOrderThatIsToBeHeld() public {
        Request memory order;
        (order.requester, order.nonce) = (holder, 300);
        (order.lock, order.commitWindow, order.revealWindow) = (LOCK, 600, 300);
        _as(holder);
        market.cancelRequest(order);
        eq(market.orderNonces(holder, 1), 1 << 44, "nonce");
        // Any other word makes it a task.
        (order.nonce, order.claimWindow) = (301, 1);
        _as(holder);
        market.cancelRequest(order);
        eq(market.orderNonces(holder, 1), 1 << 44, "no nonce");
        _isEnded(market.hashRequest(order), EndReason.Cancelled);
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, true, false, true);
        emit IDecoMatching.RequestCancelled(taskId, holder);
        _as(holder);
        market.cancelRequest(request);
        _isEnded(taskId, EndReason.Cancelled);
        // By its own post it cannot open either.
        _refused(abi.encodeWithSelector(AlreadyPosted.selector, taskId));
        _as(holder);
        market.post(request);
    }

    function _again() private {
        _refused(abi.encodeWithSelector(AlreadyPosted.selector, taskId));
        _as(holder);
        market.cancelRequest(request);
    }
}
