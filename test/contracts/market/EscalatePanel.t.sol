// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../../contracts/interfaces/IDecoPanels.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Dispute, DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatOutcome} from "../../../contracts/types/Seat.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract EscalatePanelTest is PanelFixture {
    function test_RevertWhen_ThereIsNoOpenPanel() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.None));
        _escalatePanel(request, 0, _none());
    }

    function test_RevertWhen_SeatsMayStillBeTaken() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        uint256 closesAt = market.getTask(PanelLib.id(taskId, 0, 1)).openedAt + uint256(request.claimWindow);
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(ClaimWindowOpen.selector, closesAt));
        _escalatePanel(request, 0, _none());
    }

    function test_RevertWhen_CommitsAreStillPossible() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        uint256 closesAt = market.getTask(PanelLib.id(taskId, 0, 1)).phaseAt + request.commitWindow;
        _refused(abi.encodeWithSelector(CommitWindowOpen.selector, closesAt));
        _escalatePanel(request, 0, _members(3, 6));
    }

    function test_RevertWhen_AMajorityMayStillBeOpened() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _judge(request, taskId, 0, _members(3, 6), _same(3, RIGHT));
        uint256 closesAt =
            market.getTask(PanelLib.id(taskId, 0, 1)).phaseAt + request.revealWindow + Defaults.task().settleWindow;
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(SettleWindowOpen.selector, closesAt));
        _escalatePanel(request, 0, _members(3, 6));
    }

    function test_GivenAPanelThatDidNotFill() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 5));
        _later(request.claimWindow);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatEnded(panelId, ids[3], SeatOutcome.Released, PANEL_PRICE, 0, 10, 0);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.PanelFailed(taskId, panelId, false, RELAYER);
        _escalatePanel(request, 0, _members(3, 5));
        _isEnded(panelId, EndReason.Unfilled);
        eq(_earned(ids[3]), PANEL_PRICE, "sitter");
        eq(_work(ids[3]).locked, 0, "unlocked");
        _disputeIs(taskId, 0, DisputeStatus.Closed);
        _windowsPass(request);
        _finalize(request);
        eq(_balance(APPELLANT), _bond(request, 1) - 2 * PANEL_PRICE - request.settlementFee, "rest of the bond");
        isTrue(_earned(ids[0]) != 0, "first verdict stands");
    }

    function test_GivenAFirstPanelWithoutAMajority() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _judge(request, taskId, 0, _members(3, 6), _results(RIGHT, WRONG, keccak256("third")));
        _panelFails(request);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.PanelFailed(taskId, PanelLib.id(taskId, 0, 1), true, RELAYER);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.PanelOpened(taskId, PanelLib.id(taskId, 0, 2), 0, 2, 5, uint32(block.number + 1));
        _escalatePanel(request, 0, _members(3, 6));
        for (uint256 i = 3; i < 6; ++i) {
            eq(_earned(ids[i]), PANEL_PRICE, "paid");
            eq(_stake(ids[i]).active, STAKE, "not slashed");
        }
        _isEnded(PanelLib.id(taskId, 0, 1), EndReason.VoteFailed);
        Dispute memory dispute = market.getDispute(taskId, 0);
        eq(dispute.level, 2, "level");
        eq(dispute.second, address(0), "same bond");
        eq(market.getTask(PanelLib.id(taskId, 0, 2)).wanted, 5, "seats");
        _decidedWide(request, taskId, 0, RIGHT);
        eq(market.getDispute(taskId, 0).spent, _bond(request, 1), "both panels on one bond");
        _disputeIs(taskId, 0, DisputeStatus.Closed);
    }

    function test_GivenAPanelOnWhichNobodyCommits() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _later(request.commitWindow + 1);
        _escalatePanel(request, 0, _members(3, 6));
        eq(_stake(ids[3]).active, STAKE - LOCK / 10, "no-show");
        eq(_work(ids[3]).trust, 10, "no decision, no trust");
        eq(market.getDispute(taskId, 0).level, 2, "level");
    }

    function test_GivenALargerPanelWithoutAMajority() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _later(request.commitWindow + 1);
        _escalatePanel(request, 0, _members(3, 6));
        _fillPanel(request, taskId, 0, _members(6, 11));
        _later(request.commitWindow + 1);
        _escalatePanel(request, 0, _members(6, 11));
        _disputeIs(taskId, 0, DisputeStatus.Closed);
        _later(CHALLENGE);
        _finalize(request);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "first verdict stands");
        eq(_balance(APPELLANT), _bond(request, 1) - 2 * request.settlementFee, "rest of the bond");
    }

    function test_GivenASecondAppealWhosePanelDidNotFill() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _appealDecision(request, 0);
        _later(request.claimWindow + 1);
        _escalatePanel(request, 0, _none());
        _later(CHALLENGE);
        _finalize(request);
        eq(_balance(SECOND), _bond(request, 2) - request.settlementFee, "rest of the second bond");
        isTrue(market.getOutcome(taskId).result == bytes26(RIGHT), "result");
    }
}
