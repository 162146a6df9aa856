// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../../contracts/interfaces/IDecoPanels.sol";
import {Dispute, DisputeKind, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {VM} from "../support/Vm.sol";

contract UndeliveredTest is PanelFixture {
    function test_RevertWhen_TheCallerIsNotTheRequester() public {
        Request memory request = _deliverable();
        _accepted(request, RIGHT);
        _refused(abi.encodeWithSelector(NotRequester.selector, STRANGER, REQUESTER));
        _as(STRANGER);
        market.undelivered(request);
    }

    function test_RevertWhen_TheTaskHasNotAcceptedAResult() public {
        Request memory request = _deliverable();
        bytes32 taskId = _post(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        _as(REQUESTER);
        market.undelivered(request);
    }

    function test_RevertWhen_TheDeliveryWindowIsOver() public {
        Request memory request = _deliverable();
        bytes32 taskId = _accepted(request, RIGHT);
        uint256 closesAt = market.getVerdict(taskId).acceptedAt + uint256(CHALLENGE);
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(DeliveryWindowClosed.selector, closesAt));
        _as(REQUESTER);
        market.undelivered(request);
    }

    function test_RevertWhen_TheRequestHasNoDeliveryWindow() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _refused(abi.encodeWithSelector(DeliveryWindowClosed.selector, market.getVerdict(taskId).acceptedAt));
        _as(REQUESTER);
        market.undelivered(request);
    }

    function test_RevertWhen_ItWasClaimedBefore() public {
        Request memory request = _deliverable();
        bytes32 taskId = _accepted(request, RIGHT);
        _as(REQUESTER);
        market.undelivered(request);
        _refused(abi.encodeWithSelector(AlreadyClaimedUndelivered.selector, taskId));
        _as(REQUESTER);
        market.undelivered(request);
    }

    function test_GivenADeliveryWindowOfOneSecond() public {
        Request memory request = _deliverable();
        request.deliveryWindow = 1;
        bytes32 taskId = _accepted(request, RIGHT);
        eq(block.timestamp, market.getVerdict(taskId).acceptedAt + 1, "the last second");
        _as(REQUESTER);
        market.undelivered(request);
        eq(market.getDispute(taskId, PanelLib.DELIVERY).claimant, REQUESTER, "claimant");
    }

    function test_WhenAllIsWell() public {
        Request memory request = _deliverable();
        bytes32 taskId = _accepted(request, RIGHT);
        uint256 before = token.balanceOf(REQUESTER);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.DisputeOpened(
            taskId, uint8(PanelLib.DELIVERY), DisputeKind.Delivery, 0, REQUESTER, _bond(request, 1)
        );
        _as(REQUESTER);
        market.undelivered(request);
        eq(before - token.balanceOf(REQUESTER), _bond(request, 1), "bond");
        Dispute memory dispute = market.getDispute(taskId, PanelLib.DELIVERY);
        eq(uint256(dispute.kind), uint256(DisputeKind.Delivery), "kind");
        eq(dispute.item, PanelLib.AVAILABLE, "item");
        eq(dispute.claimant, REQUESTER, "claimant");
    }

    function _deliverable() private returns (Request memory request) {
        request = _windowed();
        request.deliveryWindow = CHALLENGE;
    }
}
