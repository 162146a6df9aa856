// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract ReseedTest is MarketFixture {
    uint32[] private ids;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
        request = _request();
        taskId = _post(request);
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        request.nonce += 1_000;
        bytes32 unknown = market.hashRequest(request);
        _refused(abi.encodeWithSelector(UnknownTask.selector, unknown));
        market.reseed(request);
    }

    function test_RevertWhen_TheRoundIsFull() public {
        _fill(request, taskId, ids);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Executing));
        market.reseed(request);
    }

    function test_RevertWhen_TheClaimWindowHasClosed() public {
        VM.roll(block.number + 9_000);
        uint256 closesAt = market.getTask(taskId).openedAt + request.claimWindow;
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(ClaimWindowClosed.selector, closesAt));
        market.reseed(request);
    }

    function test_RevertWhen_TheSeedIsNotLost() public {
        uint256 seedBlock = market.getTask(taskId).seedBlock;
        _refused(abi.encodeWithSelector(SeedNotLost.selector, seedBlock));
        market.reseed(request);
    }

    function test_RevertWhen_TheRoundWasReseededBefore() public {
        VM.roll(block.number + 9_000);
        market.reseed(request);
        VM.roll(block.number + 9_000);
        _refused(abi.encodeWithSelector(AlreadyReseeded.selector, taskId));
        market.reseed(request);
    }

    function test_WhenTheSeedIsLost() public {
        VM.roll(block.number + 9_000);
        VM.warp(block.timestamp + 200);
        _refused(abi.encodeWithSelector(SeedUnknown.selector, market.getTask(taskId).seedBlock));
        _claim(request, ids[0]);
        VM.expectEmit(true, false, false, true);
        emit IDecoTasks.Reseeded(taskId, uint32(block.number + 1));
        _as(STRANGER);
        market.reseed(request);
        Task memory task = market.getTask(taskId);
        eq(task.seedBlock, block.number + 1, "seed block");
        eq(task.openedAt, block.timestamp, "opened");
        _later(1);
        _fill(request, taskId, ids);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Executing), "full");
    }
}
