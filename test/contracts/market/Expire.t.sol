// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatOutcome, SeatStatus} from "../../../contracts/types/Seat.sol";
import {EndReason} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

contract ExpireTest is MarketFixture {
    bytes32 private constant OTHER = keccak256("another wrong result");

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
        _expire(request, _none());
    }

    function test_RevertWhen_TheClaimWindowIsOpen() public {
        uint256 closesAt = market.getTask(taskId).openedAt + request.claimWindow;
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(ClaimWindowOpen.selector, closesAt));
        _expire(request, _none());
    }

    function test_RevertWhen_CommitsAreStillPossible() public {
        _fill(request, taskId, three);
        uint256 closesAt = market.getTask(taskId).phaseAt + request.commitWindow;
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(CommitWindowOpen.selector, closesAt));
        _expire(request, three);
    }

    function test_RevertWhen_TheSettleWindowIsOpen() public {
        _only(3);
        _vote(request, taskId, three, _results(RIGHT, WRONG, OTHER));
        uint256 closesAt = market.getTask(taskId).phaseAt + request.revealWindow + 120;
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(SettleWindowOpen.selector, closesAt));
        _expire(request, three);
    }

    function test_RevertWhen_AFurtherRoundIsPossible() public {
        _vote(request, taskId, three, _results(RIGHT, WRONG, OTHER));
        _voteFails(request);
        _refused(abi.encodeWithSelector(FurtherRoundPossible.selector, taskId));
        _expire(request, three);
    }

    function test_RevertWhen_TheRosterIsIncomplete() public {
        _only(3);
        _vote(request, taskId, three, _results(RIGHT, WRONG, OTHER));
        _voteFails(request);
        _refused(abi.encodeWithSelector(RosterIncomplete.selector, 0, 3));
        _expire(request, _none());
    }

    function test_GivenNoSeatWasTaken() public {
        _later(request.claimWindow);
        uint256 refund = _escrow(request) - request.settlementFee;
        VM.expectEmit(true, false, false, true);
        emit IDecoTasks.TaskEnded(taskId, EndReason.Unfilled, refund, RELAYER);
        _expire(request, _none());
        eq(_balance(REQUESTER), refund, "refund");
        eq(_balance(RELAYER), request.settlementFee, "fee");
        eq(_balance(TREASURY), 0, "no protocol fee");
    }

    function test_GivenTheFirstRoundDidNotFill() public {
        _drawAll(request, taskId);
        _claim(request, ids[0]);
        _claim(request, ids[1]);
        _later(request.claimWindow);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatEnded(taskId, ids[0], SeatOutcome.Released, 0, 0, 10, 0);
        _expire(request, _slice(ids, 0, 2));
        _isEnded(taskId, EndReason.Unfilled);
        _unhurt(ids[0]);
        _unhurt(ids[1]);
        _seatIs(taskId, ids[0], SeatStatus.None);
    }

    function test_GivenACommitmentInARoundThatOpenedAgain() public {
        _fill(request, taskId, three);
        _commit(taskId, ids[0], RIGHT);
        _as(_operator(ids[1]));
        market.decline(request);
        _later(request.claimWindow);
        uint32[] memory roster = new uint32[](2);
        (roster[0], roster[1]) = (ids[0], ids[2]);
        _expire(request, roster);
        _isEnded(taskId, EndReason.Unfilled);
        _unhurt(ids[0]);
        _unhurt(ids[2]);
    }

    function test_GivenAFurtherRoundDidNotFill() public {
        request = _request();
        request.thresholdBps = 7_500;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        _voteFails(request);
        _escalate(request);
        _drawAll(request, taskId);
        _claim(request, ids[3]);
        uint256 price = _price(request, taskId, ids[0]);
        _later(request.claimWindow);
        _expire(request, _slice(ids, 0, 4));
        _isEnded(taskId, EndReason.VoteFailed);
        for (uint256 i = 0; i < 4; ++i) {
            _unhurt(ids[i]);
        }
        eq(_earned(ids[0]), price / 10, "the largest group is consoled");
        eq(_earned(ids[3]), 0, "the new one is not");
    }

    function test_GivenTheVoteFailedWithALargestGroup() public {
        request = _request();
        (request.maxReplicas, request.thresholdBps) = (3, 7_500);
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, WRONG, RIGHT));
        uint256 share = _price(request, taskId, ids[0]) / 10;
        _voteFails(request);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatEnded(taskId, ids[0], SeatOutcome.Consoled, share, 0, 10, 0);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatEnded(taskId, ids[1], SeatOutcome.Released, 0, 0, 10, 0);
        _expire(request, three);
        _isEnded(taskId, EndReason.VoteFailed);
        eq(_earned(ids[0]) + _earned(ids[2]), 2 * share, "shares");
        eq(_earned(ids[1]), 0, "the other");
        eq(_balance(REQUESTER), _escrow(request) - 2 * share - request.settlementFee, "refund");
        for (uint256 i = 0; i < 3; ++i) {
            _unhurt(ids[i]);
        }
    }

    function test_GivenTheVoteFailedWithATie() public {
        request = _request();
        (request.replicas, request.maxReplicas) = (4, 4);
        taskId = _post(request);
        bytes32[] memory results = _same(4, RIGHT);
        (results[2], results[3]) = (WRONG, WRONG);
        _vote(request, taskId, _slice(ids, 0, 4), results);
        _voteFails(request);
        _expire(request, _slice(ids, 0, 4));
        for (uint256 i = 0; i < 4; ++i) {
            eq(_earned(ids[i]), 0, "a tie pays none");
            _unhurt(ids[i]);
        }
        eq(_balance(REQUESTER), _escrow(request) - request.settlementFee, "refund");
    }

    function test_GivenAllResultsDiffer() public {
        _only(3);
        _setTrust(ids[0], 25);
        _vote(request, taskId, three, _results(RIGHT, WRONG, OTHER));
        _voteFails(request);
        _expire(request, three);
        for (uint256 i = 0; i < 3; ++i) {
            eq(_earned(ids[i]), 0, "one is no group, however heavy");
        }
    }

    function test_GivenNoShowsAndWithholders() public {
        _only(3);
        for (uint256 i = 0; i < 3; ++i) {
            _setTrust(ids[i], 40);
        }
        _fill(request, taskId, three);
        _commit(taskId, ids[0], RIGHT);
        _commit(taskId, ids[1], RIGHT);
        _later(request.commitWindow + 1);
        _revealOne(taskId, ids[0], RIGHT);
        _voteFails(request);
        uint256 pending = market.pendingBurn();
        _expire(request, three);
        eq(_stake(ids[0]).active, STAKE, "honest");
        eq(_stake(ids[1]).active, STAKE - LOCK, "withholder");
        eq(_stake(ids[2]).active, STAKE - LOCK / 10, "no-show");
        for (uint256 i = 0; i < 3; ++i) {
            eq(_work(ids[i]).trust, 40, "trust");
            eq(_work(ids[i]).locked, 0, "lock");
        }
        eq(market.balanceOf(address(deco), REQUESTER), Defaults.POSTING_FEE, "compensation");
        eq(market.pendingBurn() - pending, LOCK + LOCK / 10 - Defaults.POSTING_FEE, "burned");
    }

    function test_GivenTwoAbstainedForTheSameReason() public {
        _fill(request, taskId, three);
        _abstain(taskId, ids[0], 6);
        _abstain(taskId, ids[1], 6);
        _commit(taskId, ids[2], RIGHT);
        _revealOne(taskId, ids[2], RIGHT);
        _voteFails(request);
        _expire(request, three);
        _isEnded(taskId, EndReason.CannotRun);
        eq(_stake(ids[2]).active, STAKE, "who committed keeps its stake");
    }

    function test_GivenNobodyEverCallsForYears() public {
        _vote(request, taskId, three, _results(RIGHT, WRONG, OTHER));
        VM.warp(block.timestamp + 3_650 days);
        _expire(request, three);
        _isEnded(taskId, EndReason.VoteFailed);
        request = _request();
        taskId = _post(request);
        VM.warp(block.timestamp + 3_650 days);
        _expire(request, _none());
        _isEnded(taskId, EndReason.Unfilled);
    }

    function test_GivenTheSeedIsLost() public {
        VM.roll(block.number + 9_000);
        isTrue(randomness.lost(market.getTask(taskId).seedBlock), "lost");
        _later(request.claimWindow);
        _expire(request, _none());
        _isEnded(taskId, EndReason.Unfilled);
    }

    function _only(uint8 seats) private {
        request = _request();
        request.maxReplicas = seats;
        taskId = _post(request);
    }

    function _unhurt(uint32 id) private view {
        eq(_stake(id).active, STAKE, "stake");
        eq(_work(id).locked, 0, "lock");
        eq(_work(id).trust, 10, "trust");
        eq(_work(id).debt, 0, "debt");
    }
}
