// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract CommitTest is MarketFixture {
    uint32[] private ids;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(4);
        request = _request();
        taskId = _post(request);
        _fill(request, taskId, _slice(ids, 0, 3));
    }

    function test_RevertWhen_TheFirst24BytesAreZero() public {
        _refused(abi.encodeWithSelector(EmptyCommitment.selector));
        _as(_operator(ids[0]));
        market.commit(taskId, bytes32(uint256(type(uint64).max)));
    }

    function test_RevertWhen_TheCallerOperatesNoProvider() public {
        _refused(abi.encodeWithSelector(NotAnOperator.selector, _owner(ids[0])));
        _as(_owner(ids[0]));
        market.commit(taskId, RIGHT);
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        _refused(abi.encodeWithSelector(UnknownTask.selector, RIGHT));
        _as(_operator(ids[0]));
        market.commit(RIGHT, RIGHT);
    }

    function test_RevertWhen_TheRoundIsNotFull() public {
        Request memory other = _request();
        bytes32 otherId = _post(other);
        _drawAll(other, otherId);
        _claim(other, ids[0]);
        _refused(abi.encodeWithSelector(WrongStatus.selector, otherId, TaskStatus.Open));
        _as(_operator(ids[0]));
        market.commit(otherId, RIGHT);
    }

    function test_RevertWhen_TheCommitWindowHasClosed() public {
        uint256 closesAt = block.timestamp + request.commitWindow;
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(CommitWindowClosed.selector, closesAt));
        _as(_operator(ids[0]));
        market.commit(taskId, RIGHT);
        VM.warp(closesAt);
        _as(_operator(ids[0]));
        market.commit(taskId, RIGHT);
    }

    function test_RevertWhen_TheProviderHoldsNoSeat() public {
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[3], SeatStatus.None));
        _as(_operator(ids[3]));
        market.commit(taskId, RIGHT);
    }

    function test_RevertWhen_TheProviderHasCommitted() public {
        _commit(taskId, ids[0], RIGHT);
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[0], SeatStatus.Committed));
        _as(_operator(ids[0]));
        market.commit(taskId, WRONG);
        _commit(taskId, ids[1], RIGHT);
        _commit(taskId, ids[2], RIGHT);
        _revealOne(taskId, ids[0], RIGHT);
        _seatIs(taskId, ids[0], SeatStatus.Revealed);
    }

    function test_WhenItIsTheLastOfTheRound() public {
        _commit(taskId, ids[0], RIGHT);
        _commit(taskId, ids[1], RIGHT);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Executing), "one is missing");
        _later(9);
        _commit(taskId, ids[2], RIGHT);
        Task memory task = market.getTask(taskId);
        eq(uint256(task.status), uint256(TaskStatus.Revealing), "revealing");
        eq(task.phaseAt, block.timestamp, "from now on");
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.Committed(taskId, ids[0], RIGHT);
        _as(_operator(ids[0]));
        market.commit(taskId, RIGHT);
        Seat memory seat = market.getSeat(taskId, ids[0]);
        eq(uint256(seat.status), uint256(SeatStatus.Committed), "status");
        eq(bytes32(seat.value), bytes32(bytes24(RIGHT)), "prefix");
        eq(market.getTask(taskId).committed, 1, "count");
    }
}
