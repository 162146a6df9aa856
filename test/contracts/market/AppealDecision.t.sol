// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoPanels} from "../../../contracts/interfaces/IDecoPanels.sol";
import {Dispute, DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {VM} from "../support/Vm.sol";

contract AppealDecisionTest is PanelFixture {
    function test_RevertWhen_TheFirstPanelHasNotDecided() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.Voting));
        _appealDecision(request, 0);
    }

    function test_RevertWhen_ASecondPanelSat() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _appealDecision(request, 0);
        _decidedWide(request, taskId, 0, RIGHT);
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.Closed));
        _appealDecision(request, 0);
    }

    function test_RevertWhen_AChallengeWindowHasPassedSinceTheDecision() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        uint256 closesAt = market.getDispute(taskId, 0).decidedAt + uint256(CHALLENGE);
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(ChallengeWindowClosed.selector, closesAt));
        _appealDecision(request, 0);
    }

    function test_GivenTheLastSecondOfTheWindow() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        VM.warp(market.getDispute(taskId, 0).decidedAt + uint256(CHALLENGE));
        _appealDecision(request, 0);
        _disputeIs(taskId, 0, DisputeStatus.Voting);
    }

    function test_WhenAllIsWell() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        uint256 before = token.balanceOf(SECOND);
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.DecisionAppealed(taskId, 0, SECOND, _bond(request, 2));
        VM.expectEmit(true, true, true, true);
        emit IDecoPanels.PanelOpened(taskId, PanelLib.id(taskId, 0, 2), 0, 2, 5, uint32(block.number + 1));
        _appealDecision(request, 0);
        eq(before - token.balanceOf(SECOND), _bond(request, 2), "bond");
        Dispute memory dispute = market.getDispute(taskId, 0);
        eq(dispute.level, 2, "level");
        eq(dispute.second, SECOND, "second");
        eq(dispute.secondBond, _bond(request, 2), "second bond");
        _disputeIs(taskId, 0, DisputeStatus.Voting);
        eq(market.getTask(PanelLib.id(taskId, 0, 2)).wanted, 5, "seats");
    }
}
