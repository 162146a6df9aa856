// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {IRandomness} from "../../../contracts/interfaces/IRandomness.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract EscalateTest is MarketFixture {
    uint32[] private ids;
    uint32[] private three;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(6);
        three = _slice(ids, 0, 3);
        request = _request();
        taskId = _post(request);
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        request.nonce += 1_000;
        bytes32 unknown = market.hashRequest(request);
        _refused(abi.encodeWithSelector(UnknownTask.selector, unknown));
        market.escalate(request);
    }

    function test_RevertWhen_SeatsAreMissing() public {
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        market.escalate(request);
    }

    function test_RevertWhen_CommitsAreStillPossible() public {
        _fill(request, taskId, three);
        uint256 closesAt = market.getTask(taskId).phaseAt + request.commitWindow;
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(CommitWindowOpen.selector, closesAt));
        market.escalate(request);
    }

    function test_RevertWhen_TheSettleWindowIsOpen() public {
        _vote(request, taskId, three, _results(RIGHT, WRONG, keccak256("other")));
        uint256 closesAt = market.getTask(taskId).phaseAt + request.revealWindow + 120;
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(SettleWindowOpen.selector, closesAt));
        market.escalate(request);
        VM.warp(closesAt + 1);
        market.escalate(request);
    }

    function test_RevertWhen_AllSeatsWereTaken() public {
        request = _request();
        request.maxReplicas = 3;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, WRONG, keccak256("other")));
        _voteFails(request);
        _refused(abi.encodeWithSelector(NoFurtherRound.selector, taskId));
        market.escalate(request);
    }

    function test_RevertWhen_TwoAbstainedForTheSameReason() public {
        _fill(request, taskId, three);
        _abstain(taskId, ids[0], 1);
        _abstain(taskId, ids[1], 1);
        _commit(taskId, ids[2], RIGHT);
        _revealOne(taskId, ids[2], RIGHT);
        _voteFails(request);
        _refused(abi.encodeWithSelector(NoFurtherRound.selector, taskId));
        market.escalate(request);
    }

    function test_RevertWhen_AFurtherRoundWouldNotFitThePackedTask() public {
        _vote(request, taskId, three, _results(RIGHT, WRONG, keccak256("other")));
        // Nobody cared for twelve days.
        VM.warp(uint256(market.getTask(taskId).postedAt) + 2 ** 20 - 1_000);
        _refused(abi.encodeWithSelector(NoFurtherRound.selector, taskId));
        market.escalate(request);
        _expire(request, three);
    }

    function test_WhenNobodyCommitted() public {
        _fill(request, taskId, three);
        VM.warp(block.timestamp + request.commitWindow + 1);
        market.escalate(request);
        eq(market.getTask(taskId).round, 2, "round");
    }

    function test_GivenFewerSeatsAreLeftThanARoundHas() public {
        request = _request();
        request.maxReplicas = 4;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, WRONG, keccak256("other")));
        _voteFails(request);
        _escalate(request);
        eq(market.getTask(taskId).wanted, 1, "one seat");
        _later(request.claimWindow - 2);
        _claim(request, ids[3]);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Executing), "full");
    }

    function test_RevertGiven_AnEarlierRound() public {
        _vote(request, taskId, three, _results(RIGHT, WRONG, keccak256("other")));
        _voteFails(request);
        _escalate(request);
        _drawAll(request, taskId);
        _refused(abi.encodeWithSelector(AlreadySeated.selector, taskId, ids[0]));
        _claim(request, ids[0]);
    }

    function test_GivenASeedThatWasReplacedInAnEarlierRound() public {
        _loseSeed();
        market.reseed(request);
        _later(1);
        _vote(request, taskId, three, _results(RIGHT, WRONG, keccak256("other")));
        _voteFails(request);
        _escalate(request);
        isTrue(!market.getTask(taskId).reseeded, "a fresh seed");
        _loseSeed();
        market.reseed(request);
        isTrue(market.getTask(taskId).reseeded, "replaced again");
    }

    function test_WhenTheVoteFailed() public {
        _vote(request, taskId, three, _results(RIGHT, WRONG, keccak256("other")));
        _voteFails(request);
        VM.expectEmit(true, false, false, true);
        emit IDecoTasks.RoundOpened(taskId, 2, 3, uint32(block.number + 1));
        _as(RELAYER);
        market.escalate(request);
        Task memory task = market.getTask(taskId);
        eq(uint256(task.status), uint256(TaskStatus.Open), "status");
        eq(task.round, 2, "round");
        eq(task.seats, 3, "seats so far");
        eq(task.taken + task.committed + task.revealed + task.abstained, 0, "a fresh round");
        eq(task.openedAt, block.timestamp, "opened");
        eq(task.seedBlock, block.number + 1, "own seed");
        eq(_balance(RELAYER), request.settlementFee, "fee");
    }

    function _loseSeed() private {
        uint256 seedBlock = market.getTask(taskId).seedBlock;
        VM.mockCall(address(randomness), abi.encodeCall(IRandomness.seed, (seedBlock)), abi.encode(bytes32(0)));
        VM.mockCall(address(randomness), abi.encodeCall(IRandomness.lost, (seedBlock)), abi.encode(true));
    }
}
