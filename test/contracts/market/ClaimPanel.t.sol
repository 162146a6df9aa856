// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {DisputeStatus, PanelLib} from "../../../contracts/types/Panel.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {PanelFixture} from "../PanelFixture.sol";
import {VM} from "../support/Vm.sol";

contract ClaimPanelTest is PanelFixture {
    function test_RevertWhen_ThereIsNoSuchDispute() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _refused(abi.encodeWithSelector(WrongDisputeStatus.selector, taskId, 0, DisputeStatus.None));
        _claimPanel(request, 0, ids[3]);
    }

    function test_RevertWhen_TheCallerOperatesNoProvider() public {
        (Request memory request,) = _wronged();
        _appeal(request);
        _refused(abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        _as(STRANGER);
        market.claimPanel(request, 0);
    }

    function test_RevertWhen_ThePanelIsFull() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _refused(abi.encodeWithSelector(WrongStatus.selector, PanelLib.id(taskId, 0, 1), TaskStatus.Executing));
        _claimPanel(request, 0, ids[6]);
    }

    function test_RevertWhen_TheClaimWindowIsOver() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        uint256 closesAt = market.getTask(PanelLib.id(taskId, 0, 1)).openedAt + uint256(request.claimWindow);
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(ClaimWindowClosed.selector, closesAt));
        _claimPanel(request, 0, ids[3]);
    }

    function test_RevertWhen_TheProviderSatOnTheTask() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        _drawEveryone(request, panelId);
        _refused(abi.encodeWithSelector(AlreadySeated.selector, panelId, ids[0]));
        _claimPanel(request, 0, ids[0]);
    }

    function test_RevertWhen_TheProviderSatOnTheFirstPanelOfTheDispute() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _decided(request, taskId, 0, RIGHT);
        _appealDecision(request, 0);
        bytes32 panelId = PanelLib.id(taskId, 0, 2);
        _drawEveryone(request, panelId);
        _refused(abi.encodeWithSelector(AlreadySeated.selector, panelId, ids[3]));
        _claimPanel(request, 0, ids[3]);
    }

    function test_RevertWhen_TheTicketIsNotDrawnYet() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        Task memory panel = market.getTask(panelId);
        VM.warp(panel.openedAt);
        bytes32 ticket = keccak256(abi.encode(randomness.seed(panel.seedBlock), panelId, uint256(1), uint256(ids[3])));
        _refused(abi.encodeWithSelector(NotDrawn.selector, ids[3], ticket));
        _claimPanel(request, 0, ids[3]);
    }

    function test_RevertWhen_TheStakeIsYoungerThanThePanel() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        uint32 late = _provider(STAKE);
        _drawEveryone(request, PanelLib.id(taskId, 0, 1));
        _refused(abi.encodeWithSelector(StakeTooYoung.selector, late));
        _claimPanel(request, 0, late);
    }

    function test_RevertWhen_TheProviderLeaves() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        _as(_owner(ids[3]));
        market.deregister(ids[3]);
        // Somebody's stake must be left to draw from; its own is gone.
        _as(_owner(ids[4]));
        market.unbond(ids[4], STAKE);
        _drawEveryone(request, PanelLib.id(taskId, 0, 1));
        _refused(abi.encodeWithSelector(StakeTooYoung.selector, ids[3]));
        _claimPanel(request, 0, ids[3]);
    }

    function test_GivenARequestOfHighTrust() public {
        Request memory request = _windowed();
        request.minTrust = 20;
        for (uint256 i = 0; i < 3; ++i) {
            _setTrust(ids[i], 20);
        }
        bytes32 taskId = _accepted(request, WRONG);
        _appeal(request);
        _fillPanel(request, taskId, 0, _members(3, 6));
        _seatIs(PanelLib.id(taskId, 0, 1), ids[3], SeatStatus.Taken);
    }

    function test_GivenTheLastSecondOfTheWindow() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        VM.warp(market.getTask(panelId).openedAt + uint256(request.claimWindow));
        _claimPanel(request, 0, ids[3]);
        _seatIs(panelId, ids[3], SeatStatus.Taken);
    }

    function test_WhenAllIsWell() public {
        (Request memory request, bytes32 taskId) = _wronged();
        _appeal(request);
        bytes32 panelId = PanelLib.id(taskId, 0, 1);
        _fillPanel(request, taskId, 0, _members(3, 5));
        eq(_work(ids[3]).locked, LOCK, "lock");
        eq(_work(ids[3]).liveSeats, 1, "live seats");
        eq(uint256(_status(panelId)), uint256(TaskStatus.Open), "open");
        VM.expectEmit(true, true, true, true);
        emit IDecoTasks.SeatTaken(panelId, ids[5], 1, 10, false, 0);
        _claimPanel(request, 0, ids[5]);
        eq(uint256(_status(panelId)), uint256(TaskStatus.Executing), "executing");
        Seat memory seat = market.getSeat(panelId, ids[3]);
        eq(seat.round, 1, "round");
        eq(seat.trust, 10, "trust");
        eq(seat.priceFraction, 0, "its price is flat");
        eq(market.getTask(panelId).phaseAt, block.timestamp, "execution begins");
        isTrue(!seat.early, "never early");
    }
}
