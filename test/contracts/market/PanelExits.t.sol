// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";

contract PanelExitsTest is PanelFixture {
    function test_GivenAnAcceptedTaskAndSilence() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _later(30 days);
        _finalizedBy(request, taskId);
    }

    function test_GivenAnOpenPanelAndSilence() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, 0, _none());
        _finalizedBy(request, taskId);
    }

    function test_GivenAFullPanelAndSilence() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, 0, _members(3, 6));
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, 0, _none());
        _finalizedBy(request, taskId);
    }

    function test_GivenCommitmentsAndSilence() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _commit(panelId, ids[3], RIGHT);
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, 0, _members(3, 6));
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, 0, _none());
        _finalizedBy(request, taskId);
        eq(_stake(ids[3]).active, STAKE - LOCK, "withheld");
    }

    function test_GivenADecisionAndSilence() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _later(30 days);
        _finalizedBy(request, taskId);
    }

    function test_GivenASecondAppealAndSilence() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _appealDecision(request, 0);
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, 0, _none());
        _finalizedBy(request, taskId);
    }

    function test_GivenADrawnAuditAndSilence() public {
        Request memory request = _windowed();
        request.auditBps = 1_000;
        bytes32 taskId = _accepted(request, WRONG);
        _seedAudit(request, taskId, true);
        _later(30 days);
        _as(STRANGER);
        market.audit(request);
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, PanelLib.AUDIT, _none());
        _finalizedBy(request, taskId);
    }

    function test_GivenLostSeedsAndSilence() public {
        Request memory request = _windowed();
        request.auditBps = 1_000;
        bytes32 taskId = _accepted(request, WRONG);
        _later(30 days);
        _loseSeed(taskId);
        _as(STRANGER);
        market.audit(request);
        _later(30 days);
        _loseSeed(taskId);
        _finalizedBy(request, taskId);
    }

    function test_GivenAClaimOfNonDeliveryAndSilence() public {
        Request memory request = _windowed();
        request.deliveryWindow = CHALLENGE;
        bytes32 taskId = _accepted(request, WRONG);
        _as(REQUESTER);
        market.undelivered(request);
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, PanelLib.DELIVERY, _none());
        _finalizedBy(request, taskId);
    }

    function test_GivenJudgesThatDeregister() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _as(_owner(ids[3]));
        market.deregister(ids[3]);
        _later(30 days);
        _as(STRANGER);
        market.escalatePanel(request, 0, _members(3, 6));
        _as(_owner(ids[3]));
        market.deregister(ids[3]);
        eq(_stake(ids[3]).active, 0, "left");
        _disputeIs(taskId, 0, DisputeStatus.Voting);
    }

    /// @dev Afterwards the market holds nothing for the task, and no lock is left.
    function _finalizedBy(Request memory request, bytes32 taskId) private {
        _as(STRANGER);
        market.finalize(request, _members(0, 3));
        isTrue(_status(taskId) == TaskStatus.Settled, "final");
        uint256 owed = _balance(REQUESTER) + _balance(APPELLANT) + _balance(SECOND) + _balance(RELAYER)
            + _balance(STRANGER) + _balance(TREASURY);
        for (uint256 i = 0; i < ids.length; ++i) {
            owed += _earned(ids[i]);
            eq(_work(ids[i]).locked, 0, "no lock is left");
        }
        eq(token.balanceOf(address(market)), owed, "to the unit");
    }
}
