// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatStatus} from "../../../contracts/types/Seat.sol";
import {EndReason, Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract AbstainTest is MarketFixture {
    uint32[] private ids;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(4);
        request = _request();
        taskId = _post(request);
    }

    function test_RevertWhen_TheReasonIsOutOfRange() public {
        _full();
        _refused(abi.encodeWithSelector(InvalidReason.selector, 0));
        _abstain(taskId, ids[0], 0);
        _refused(abi.encodeWithSelector(InvalidReason.selector, 8));
        _abstain(taskId, ids[0], 8);
        _abstain(taskId, ids[0], 7);
    }

    function test_RevertWhen_TheCallerOperatesNoProvider() public {
        _full();
        _refused(abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        _as(STRANGER);
        market.abstain(taskId, 1);
    }

    function test_RevertWhen_TheRoundIsNotFull() public {
        _drawAll(request, taskId);
        _claim(request, ids[0]);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        _abstain(taskId, ids[0], 1);
    }

    function test_RevertWhen_TheCommitWindowHasClosed() public {
        _full();
        uint256 closesAt = block.timestamp + request.commitWindow;
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(CommitWindowClosed.selector, closesAt));
        _abstain(taskId, ids[0], 1);
        VM.warp(closesAt);
        _abstain(taskId, ids[0], 1);
    }

    function test_RevertWhen_TheProviderHoldsNoSeat() public {
        _full();
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[3], SeatStatus.None));
        _abstain(taskId, ids[3], 1);
    }

    function test_RevertWhen_TheProviderHasCommitted() public {
        _full();
        _commit(taskId, ids[0], RIGHT);
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[0], SeatStatus.Committed));
        _abstain(taskId, ids[0], 1);
    }

    function test_GivenAllOthersHaveCommitted() public {
        _full();
        _commit(taskId, ids[0], RIGHT);
        _commit(taskId, ids[1], RIGHT);
        _later(7);
        _abstain(taskId, ids[2], 3);
        Task memory task = market.getTask(taskId);
        eq(uint256(task.status), uint256(TaskStatus.Revealing), "revealing");
        eq(task.phaseAt, block.timestamp, "from now on");
    }

    function test_GivenAllAbstain() public {
        _full();
        _abstain(taskId, ids[0], 2);
        _abstain(taskId, ids[1], 5);
        _abstain(taskId, ids[2], 2);
        _expire(request, _slice(ids, 0, 3));
        _isEnded(taskId, EndReason.CannotRun);
        for (uint256 i = 0; i < 3; ++i) {
            eq(_stake(ids[i]).active, STAKE - LOCK / 200, "decline fee");
            eq(_work(ids[i]).locked, 0, "lock");
            eq(_work(ids[i]).trust, 10, "trust");
        }
        eq(_balance(REQUESTER), _escrow(request) - request.settlementFee, "refund");
    }

    function test_GivenItSettlesAllTheSame() public {
        _full();
        _abstain(taskId, ids[2], 2);
        _commit(taskId, ids[0], RIGHT);
        _commit(taskId, ids[1], RIGHT);
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], RIGHT);
        _settle(request, _slice(ids, 0, 3), RIGHT);
        eq(_stake(ids[2]).active, STAKE - LOCK / 200, "decline fee");
        eq(_work(ids[2]).trust, 10, "trust");
        eq(_earned(ids[2]), 0, "no pay");
    }

    function test_WhenAllIsWell() public {
        _full();
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatAbstained(taskId, ids[0], 4);
        _abstain(taskId, ids[0], 4);
        Task memory task = market.getTask(taskId);
        eq(task.abstained, 1, "abstained");
        eq(task.reasons, 1 << 6, "counter of reason 4");
        _seatIs(taskId, ids[0], SeatStatus.Abstained);
    }

    function _full() private {
        _fill(request, taskId, _slice(ids, 0, 3));
    }
}
