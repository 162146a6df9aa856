// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatStatus} from "../../../contracts/types/Seat.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract DeclineTest is MarketFixture {
    /// @dev 50 bps of the lock.
    uint256 private constant FEE = LOCK / 200;

    uint32[] private ids;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(6);
        request = _request();
        taskId = _post(request);
    }

    function test_RevertWhen_TheCallerOperatesNoProvider() public {
        _refused(abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        _as(STRANGER);
        market.decline(request);
    }

    function test_RevertWhen_TheProviderHoldsNoSeat() public {
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[0], SeatStatus.None));
        _decline(ids[0]);
    }

    function test_RevertWhen_TheProviderHasCommitted() public {
        _fill(request, taskId, _slice(ids, 0, 3));
        _commit(taskId, ids[0], RIGHT);
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[0], SeatStatus.Committed));
        _decline(ids[0]);
    }

    function test_RevertWhen_TheSeatIsOfAnEarlierRound() public {
        // Only the first commits; the others stay away.
        _fill(request, taskId, _slice(ids, 0, 3));
        _commit(taskId, ids[0], RIGHT);
        _later(request.commitWindow + 1);
        _revealOne(taskId, ids[0], RIGHT);
        _voteFails(request);
        _escalate(request);
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[1], SeatStatus.Taken));
        _decline(ids[1]);
    }

    function test_RevertWhen_RevealsHaveBegun() public {
        _fill(request, taskId, _slice(ids, 0, 3));
        for (uint256 i = 0; i < 3; ++i) {
            _commit(taskId, ids[i], RIGHT);
        }
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Revealing));
        _decline(ids[0]);
    }

    function test_RevertWhen_TheClaimWindowHasClosed() public {
        _drawAll(request, taskId);
        _claim(request, ids[0]);
        uint256 closesAt = market.getTask(taskId).openedAt + request.claimWindow;
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(DeclineTooLate.selector, closesAt));
        _decline(ids[0]);
        VM.warp(closesAt);
        _decline(ids[0]);
    }

    function test_RevertWhen_TheGraceAfterTheRoundFilledHasPassed() public {
        _fill(request, taskId, _slice(ids, 0, 3));
        uint256 until = block.timestamp + 60;
        VM.warp(until + 1);
        _refused(abi.encodeWithSelector(DeclineTooLate.selector, until));
        _decline(ids[0]);
        VM.warp(until);
        _decline(ids[0]);
    }

    function test_GivenTheRoundWasFull() public {
        _fill(request, taskId, _slice(ids, 0, 3));
        _commit(taskId, ids[1], RIGHT);
        _decline(ids[0]);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Open), "open again");
        _later(1);
        _claim(request, ids[3]);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Executing), "full again");
        eq(market.getTask(taskId).committed, 1, "the commitment stands");
        _commit(taskId, ids[2], RIGHT);
        _commit(taskId, ids[3], RIGHT);
        for (uint256 i = 1; i < 4; ++i) {
            _revealOne(taskId, ids[i], RIGHT);
        }
        _settle(request, _slice(ids, 1, 4), RIGHT);
        eq(_earned(ids[0]), 0, "no pay for a declined seat");
        isTrue(_earned(ids[3]) > 0, "pay for its successor");
    }

    function test_GivenTheFeeMakesTheStakeTooSmall() public {
        uint32 small = _provider(1_000 ether);
        _later(10);
        // Most stake leaves, so that the small one is drawn by the end of the window.
        for (uint256 i = 0; i < 5; ++i) {
            _as(_owner(ids[i]));
            market.deregister(ids[i]);
        }
        request = _request();
        taskId = _post(request);
        _later(request.claimWindow - 2);
        _claim(request, small);
        _decline(small);
        isTrue(_work(small).dormant, "dormant");
    }

    function test_WhenAllIsWell() public {
        _setTrust(ids[0], 33);
        _drawAll(request, taskId);
        _claim(request, ids[0]);
        uint256 pending = market.pendingBurn();
        uint256 total = market.totalStake();
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatDeclined(taskId, ids[0], FEE);
        _decline(ids[0]);
        eq(_work(ids[0]).locked, 0, "lock");
        eq(_work(ids[0]).liveSeats, 0, "live seats");
        eq(_work(ids[0]).trust, 33, "trust");
        eq(_stake(ids[0]).active, STAKE - FEE, "stake");
        eq(market.pendingBurn() - pending, FEE, "burned");
        eq(total - market.totalStake(), FEE, "total");
        eq(market.getTask(taskId).seats, 0, "no seat taken");
        _seatIs(taskId, ids[0], SeatStatus.Declined);
    }

    function _decline(uint32 id) private {
        _as(_operator(id));
        market.decline(request);
    }
}
