// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {PanelLib, DisputeStatus} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {VM} from "../support/Vm.sol";

contract ReseedPanelTest is PanelFixture {
    function test_RevertWhen_ThereIsNoOpenPanel() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.None));
        market.reseedPanel(request, 0);
    }

    function test_RevertWhen_ThePanelIsFull() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _refused(abi.encodeWithSelector(WrongStatus.selector, PanelLib.id(taskId, 0, 1), TaskStatus.Executing));
        market.reseedPanel(request, 0);
    }

    function test_RevertWhen_TheClaimWindowIsOver() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        uint256 closesAt = market.getTask(PanelLib.id(taskId, 0, 1)).openedAt + uint256(request.claimWindow);
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(ClaimWindowClosed.selector, closesAt));
        market.reseedPanel(request, 0);
    }

    function test_RevertWhen_TheSeedCanBeKnown() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        uint256 seedBlock = market.getTask(PanelLib.id(taskId, 0, 1)).seedBlock;
        _refused(abi.encodeWithSelector(SeedNotLost.selector, seedBlock));
        market.reseedPanel(request, 0);
    }

    function test_RevertWhen_ItWasReseededBefore() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        _loseSeed(panelId);
        market.reseedPanel(request, 0);
        _later(1);
        _loseSeed(panelId);
        _refused(abi.encodeWithSelector(AlreadyReseeded.selector, panelId));
        market.reseedPanel(request, 0);
    }

    function test_GivenTheLastSecondOfTheWindow() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        VM.warp(market.getTask(panelId).openedAt + uint256(request.claimWindow));
        _loseSeed(panelId);
        market.reseedPanel(request, 0);
        isTrue(market.getTask(panelId).reseeded, "reseeded");
    }

    function test_WhenTheSeedIsLost() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        _later(100);
        _loseSeed(panelId);
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.Reseeded(panelId, uint32(block.number + 1));
        market.reseedPanel(request, 0);
        Task memory panel = market.getTask(panelId);
        eq(panel.openedAt, block.timestamp, "opened");
        eq(panel.seedBlock, block.number + 1, "seed block");
        _later(1);
        _decided(request, taskId, 0, RIGHT);
    }
}
