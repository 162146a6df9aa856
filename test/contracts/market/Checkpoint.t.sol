// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProofs} from "../../../contracts/interfaces/IDecoProofs.sol";
import {TaskParameters} from "../../../contracts/types/Parameters.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../../contracts/types/Seat.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract CheckpointTest is MarketFixture {
    bytes32 private constant CONTENT = keccak256("half of the work");
    uint256 private constant FEE = 0.05 ether;

    uint32[] private ids;
    uint32[] private three;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(4);
        three = _slice(ids, 0, 3);
        request = _request();
        taskId = _post(request);
    }

    function test_RevertWhen_TheCallerIsNoOperator() public {
        _refused(abi.encodeWithSelector(NotAnOperator.selector, STRANGER));
        _as(STRANGER);
        market.checkpoint(taskId, CONTENT, 1);
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        _refused(abi.encodeWithSelector(UnknownTask.selector, RIGHT));
        _as(_operator(ids[0]));
        market.checkpoint(RIGHT, CONTENT, 1);
    }

    function test_RevertWhen_SeatsAreMissing() public {
        _drawAll(request, taskId);
        _claim(request, ids[0]);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        _tell(ids[0], 1);
    }

    function test_RevertWhen_TheCommitWindowIsOver() public {
        _fill(request, taskId, three);
        uint256 closesAt = block.timestamp + request.commitWindow;
        VM.warp(closesAt);
        _tell(ids[0], 1);
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(CommitWindowClosed.selector, closesAt));
        _tell(ids[0], 1);
    }

    function test_RevertWhen_TheCallerHasNoSeat() public {
        _fill(request, taskId, three);
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[3], SeatStatus.None));
        _tell(ids[3], 1);
    }

    function test_RevertWhen_TheSeatHasCommitted() public {
        _fill(request, taskId, three);
        _commit(taskId, ids[0], RIGHT);
        _refused(abi.encodeWithSelector(WrongSeatStatus.selector, taskId, ids[0], SeatStatus.Committed));
        _tell(ids[0], 1);
    }

    function test_RevertWhen_MoreThanTheWholeWouldBeDone() public {
        _fill(request, taskId, three);
        _refused(abi.encodeWithSelector(InvalidProgress.selector, 10_001));
        _tell(ids[0], 10_001);
    }

    function test_RevertWhen_TheSeatHasToldItsProgress64Times() public {
        _fill(request, taskId, three);
        for (uint16 i = 1; i <= 64; ++i) {
            _tell(ids[0], i);
        }
        eq(market.getSeat(taskId, ids[0]).checkpoints, 64, "counted");
        _refused(abi.encodeWithSelector(TooManyCheckpoints.selector, taskId, ids[0], 64));
        _tell(ids[0], 65);
        // Others have their own count, and the seat its vote.
        _tell(ids[1], 1);
        _commitAndReveal(taskId, three, _same(3, RIGHT));
        _settle(request, three, RIGHT);
        isTrue(_earned(ids[0]) > 0, "paid");
    }

    function test_RevertWhen_TheFreeStakeDoesNotCoverTheFee() public {
        request = _request();
        request.lock = STAKE;
        taskId = _post(request);
        _fill(request, taskId, three);
        _refused(abi.encodeWithSelector(StakeNotFree.selector, ids[0], FEE, 0));
        _tell(ids[0], 1);
    }

    function test_RevertWhen_TheIdentityWouldFallBelowItsMinimum() public {
        _fill(request, taskId, three);
        uint96 surplus = STAKE - 1_000 ether;
        _as(_owner(ids[0]));
        market.unbond(ids[0], surplus);
        _refused(abi.encodeWithSelector(StakeBelowMinimum.selector, 1_000 ether - FEE, 1_000 ether));
        _tell(ids[0], 1);
    }

    function test_GivenNoFeeIsAsked() public {
        TaskParameters memory terms = Defaults.task();
        terms.checkpointFee = 0;
        parameters.setParameters(terms, Defaults.post());
        request = _request();
        taskId = _post(request);
        _fill(request, taskId, three);
        _tell(ids[0], 1);
        eq(_stake(ids[0]).active, STAKE, "stake");
    }

    function test_GivenTheFeeChangedSinceThePost() public {
        TaskParameters memory terms = Defaults.task();
        terms.checkpointFee = 127;
        parameters.setParameters(terms, Defaults.post());
        _fill(request, taskId, three);
        _tell(ids[0], 1);
        eq(_stake(ids[0]).active, STAKE - FEE, "the old fee");
    }

    function test_WhenAllIsWell() public {
        _fill(request, taskId, three);
        Seat memory before = market.getSeat(taskId, ids[0]);
        uint256 pending = market.pendingBurn();
        uint256 total = market.totalStake();
        VM.expectEmit(true, true, false, true);
        emit IDecoProofs.Checkpointed(taskId, ids[0], CONTENT, 5_000, FEE);
        _tell(ids[0], 5_000);
        eq(_stake(ids[0]).active, STAKE - FEE, "stake");
        eq(market.pendingBurn() - pending, FEE, "burned");
        eq(total - market.totalStake(), FEE, "total");
        before.checkpoints = 1;
        eq(keccak256(abi.encode(market.getSeat(taskId, ids[0]))), keccak256(abi.encode(before)), "seat");
        _commitAndReveal(taskId, three, _same(3, RIGHT));
        _settle(request, three, RIGHT);
    }

    function _tell(uint32 provider, uint16 progressBps) private {
        _as(_operator(provider));
        market.checkpoint(taskId, CONTENT, progressBps);
    }
}
