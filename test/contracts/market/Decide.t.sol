// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../../contracts/interfaces/IDecoPanels.sol";
import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Dispute, DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatOutcome, SeatStatus} from "../../../contracts/types/Seat.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {VM} from "../support/Vm.sol";

contract DecideTest is PanelFixture {
    function test_RevertWhen_ThereIsNoOpenPanel() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.None));
        _decide(request, 0, _members(3, 6), RIGHT);
    }

    function test_RevertWhen_ThePanelHasDecided() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.Decided));
        _decide(request, 0, _members(3, 6), RIGHT);
    }

    function test_RevertWhen_SeatsAreMissing() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _refused(abi.encodeWithSelector(WrongStatus.selector, PanelLib.id(taskId, 0, 1), TaskStatus.Open));
        _decide(request, 0, _none(), RIGHT);
    }

    function test_RevertWhen_CommitsAreStillPossible() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        uint256 closesAt = market.getTask(PanelLib.id(taskId, 0, 1)).phaseAt + request.commitWindow;
        _refused(abi.encodeWithSelector(CommitWindowOpen.selector, closesAt));
        _decide(request, 0, _members(3, 6), RIGHT);
    }

    function test_RevertWhen_ACommittedSeatMayStillReveal() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        _fillPanel(request, taskId, 0, _members(3, 6));
        for (uint256 i = 3; i < 6; ++i) {
            _commit(panelId, ids[i], RIGHT);
        }
        uint256 closesAt = block.timestamp + request.revealWindow;
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(RevealWindowOpen.selector, closesAt));
        _decide(request, 0, _members(3, 6), RIGHT);
    }

    function test_RevertWhen_TheRosterIsNotThePanel() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _judge(request, taskId, 0, _members(3, 6), _same(3, RIGHT));
        _refused(abi.encodeWithSelector(RosterIncomplete.selector, 2, 3));
        _decide(request, 0, _members(3, 5), RIGHT);
        _refused(abi.encodeWithSelector(InvalidRoster.selector, 0));
        _decide(request, 0, _members(2, 5), RIGHT);
    }

    function test_RevertWhen_HalfOfTheHeadsOrFewerAgree() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _judge(request, taskId, 0, _members(3, 6), _results(RIGHT, WRONG, keccak256("third")));
        _refused(abi.encodeWithSelector(PanelUndecided.selector, PanelLib.id(taskId, 0, 1), 1, 3));
        _decide(request, 0, _members(3, 6), RIGHT);
    }

    function test_RevertWhen_AWithheldVoteWouldTipTheMajority() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _commit(panelId, ids[3], RIGHT);
        _commit(panelId, ids[4], WRONG);
        _abstain(panelId, ids[5], 1);
        _revealOne(panelId, ids[3], RIGHT);
        _later(request.revealWindow + 1);
        _refused(abi.encodeWithSelector(PanelUndecided.selector, panelId, 1, 2));
        _decide(request, 0, _members(3, 6), RIGHT);
    }

    function test_RevertWhen_NothingIsDecided() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _judge(request, taskId, 0, _members(3, 6), _same(3, RIGHT));
        _refused(abi.encodeWithSelector(InvalidDecision.selector, bytes32(0)));
        _decide(request, 0, _members(3, 6), 0);
    }

    function test_RevertWhen_APanelOnDeliveryDecidesAboutSomethingElse() public {
        Request memory request = _windowed();
        request.deliveryWindow = CHALLENGE;
        bytes32 taskId = _accepted(request, RIGHT);
        _as(REQUESTER);
        market.undelivered(request);
        _later(1);
        _judge(request, taskId, PanelLib.DELIVERY, _members(3, 6), _same(3, RIGHT));
        _refused(abi.encodeWithSelector(InvalidDecision.selector, RIGHT));
        _decide(request, PanelLib.DELIVERY, _members(3, 6), RIGHT);
    }

    function test_GivenAMinority() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _setTrust(ids[5], 30);
        _appeal(request);
        uint256 burned = market.pendingBurn();
        _judge(request, taskId, 0, _members(3, 6), _results(RIGHT, RIGHT, WRONG));
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatEnded(panelId, ids[4], SeatOutcome.Agreed, PANEL_PRICE, 0, 10, 0);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatEnded(panelId, ids[5], SeatOutcome.Dissented, 0, LOCK, 20, 0);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.PanelDecided(taskId, panelId, RIGHT, 2, 3, RELAYER);
        _decide(request, 0, _members(3, 6), RIGHT);
        eq(_earned(ids[3]), PANEL_PRICE, "majority");
        eq(_earned(ids[5]), 0, "minority");
        eq(_stake(ids[5]).active, STAKE - LOCK, "dissent share");
        eq(_work(ids[5]).trust, 20, "trust");
        eq(market.pendingBurn() - burned, LOCK, "burned");
        eq(market.getDispute(taskId, 0).spent, 2 * PANEL_PRICE + request.settlementFee, "spent");
    }

    function test_GivenSeatsThatWithholdStayAwayOrAbstain() public {
        Request memory request = _windowed();
        bytes32 taskId = _accepted(request, WRONG);
        _appeal(request);
        _judge(request, taskId, 0, _members(3, 6), _results(RIGHT, WRONG, keccak256("third")));
        _panelFails(request);
        _escalatePanel(request, 0, _members(3, 6));
        bytes32 wide = PanelLib.id(taskId, 0, 2);
        _fillPanel(request, taskId, 0, _members(6, 11));
        _abstain(wide, ids[6], 1);
        _commit(wide, ids[7], RIGHT);
        _commit(wide, ids[8], RIGHT);
        _commit(wide, ids[9], RIGHT);
        _later(request.commitWindow + 1);
        _revealOne(wide, ids[7], RIGHT);
        _revealOne(wide, ids[8], RIGHT);
        _later(request.revealWindow + 1);
        _decide(request, 0, _members(6, 11), RIGHT);
        eq(_stake(ids[6]).active, STAKE - LOCK * 50 / 10_000, "abstained");
        eq(_stake(ids[9]).active, STAKE - LOCK, "withheld");
        eq(_stake(ids[10]).active, STAKE - LOCK / 10, "no-show");
        eq(_earned(ids[7]), PANEL_PRICE, "agreed");
        for (uint256 i = 6; i < 11; ++i) {
            eq(_work(ids[i]).locked, 0, "unlocked");
        }
    }

    function test_GivenAJudgeThatIsSlashedBelowTheIdentityMinimum() public {
        Request memory request = _windowed();
        request.lock = 4_000 ether + 1;
        bytes32 taskId = _accepted(request, WRONG);
        _appeal(request);
        _judge(request, taskId, 0, _members(3, 6), _results(RIGHT, RIGHT, WRONG));
        _decide(request, 0, _members(3, 6), RIGHT);
        isTrue(_work(ids[5]).dormant, "dormant");
        isTrue(!_work(ids[4]).dormant, "others are not");
    }

    function test_GivenAJudgeThatIsLeftWithTheIdentityMinimum() public {
        Request memory request = _windowed();
        request.lock = 4_000 ether;
        bytes32 taskId = _accepted(request, WRONG);
        _appeal(request);
        _judge(request, taskId, 0, _members(3, 6), _results(RIGHT, RIGHT, WRONG));
        _decide(request, 0, _members(3, 6), RIGHT);
        eq(_stake(ids[5]).active, 1_000 ether, "the minimum");
        isTrue(!_work(ids[5]).dormant, "not dormant");
    }

    function test_GivenNoChallengeWindow() public {
        Request memory request = _windowed();
        request.challengeWindow = 0;
        request.deliveryWindow = CHALLENGE;
        bytes32 taskId = _accepted(request, RIGHT);
        _as(REQUESTER);
        market.undelivered(request);
        _later(1);
        _decided(request, taskId, PanelLib.DELIVERY, PanelLib.AVAILABLE);
        _disputeIs(taskId, PanelLib.DELIVERY, DisputeStatus.Closed);
    }

    function test_WhenAllAgree() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        uint256 before = _balance(RELAYER);
        _decided(request, taskId, 0, RIGHT);
        eq(_balance(RELAYER) - before, request.settlementFee, "caller");
        for (uint256 i = 3; i < 6; ++i) {
            eq(_earned(ids[i]), PANEL_PRICE, "paid");
            eq(_work(ids[i]).trust, 10, "trust");
            eq(_work(ids[i]).locked, 0, "unlocked");
            _seatIs(PanelLib.id(taskId, 0, 1), ids[i], SeatStatus.Revealed);
        }
        Dispute memory dispute = market.getDispute(taskId, 0);
        eq(dispute.first, RIGHT, "decision");
        eq(dispute.heads, 3, "heads");
        eq(market.getOutcome(PanelLib.id(taskId, 0, 1)).agreeing, 3, "heads, in the panel's own word");
        isTrue(market.getOutcome(PanelLib.id(taskId, 0, 1)).result == bytes26(RIGHT), "and what they decided");
        eq(dispute.spent, 3 * PANEL_PRICE + request.settlementFee, "spent");
        _disputeIs(taskId, 0, DisputeStatus.Decided);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Accepted), "task");
        eq(uint256(_status(PanelLib.id(taskId, 0, 1))), uint256(TaskStatus.Settled), "panel");
        eq(_work(ids[0]).locked, LOCK, "the accused stay locked");
    }
}
