// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {BlockingToken} from "../../../contracts/mocks/BlockingToken.sol";
import {Opening} from "../../../contracts/types/Opening.sol";
import {TaskParameters, TokenParameters} from "../../../contracts/types/Parameters.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {SeatOutcome, SeatStatus} from "../../../contracts/types/Seat.sol";
import {Outcome, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {Log, VM} from "../support/Vm.sol";

contract SettleTest is MarketFixture {
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

    // --- refusals ---

    function test_RevertWhen_TheTaskIsUnknown() public {
        request.nonce += 1_000;
        bytes32 unknown = market.hashRequest(request);
        _refused(abi.encodeWithSelector(UnknownTask.selector, unknown));
        _settle(request, three, RIGHT);
    }

    function test_RevertWhen_SeatsAreMissing() public {
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Open));
        _settle(request, _none(), RIGHT);
    }

    function test_RevertWhen_CommitsAreStillPossible() public {
        _fill(request, taskId, three);
        _commit(taskId, ids[0], RIGHT);
        uint256 closesAt = market.getTask(taskId).phaseAt + request.commitWindow;
        _refused(abi.encodeWithSelector(CommitWindowOpen.selector, closesAt));
        _settle(request, three, RIGHT);
    }

    function test_RevertWhen_ACommittedSeatMayStillReveal() public {
        _fill(request, taskId, three);
        for (uint256 i = 0; i < 3; ++i) {
            _commit(taskId, ids[i], RIGHT);
        }
        uint256 closesAt = block.timestamp + request.revealWindow;
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], RIGHT);
        VM.warp(closesAt);
        _refused(abi.encodeWithSelector(RevealWindowOpen.selector, closesAt));
        _settle(request, three, RIGHT);
        VM.warp(closesAt + 1);
        _settle(request, three, RIGHT);
    }

    function test_RevertWhen_TheTaskHasEnded() public {
        _allAgree();
        _settle(request, three, RIGHT);
        uint256 earned = _earned(ids[0]);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Settled));
        _settle(request, three, RIGHT);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Settled));
        _expire(request, three);
        eq(_earned(ids[0]), earned, "paid once");
    }

    function test_RevertWhen_TheRosterIsTooShortOrTooLong() public {
        _allAgree();
        _refused(abi.encodeWithSelector(RosterIncomplete.selector, 2, 3));
        _settle(request, _slice(ids, 0, 2), RIGHT);
        _refused(abi.encodeWithSelector(RosterIncomplete.selector, 4, 3));
        _settle(request, _slice(ids, 0, 4), RIGHT);
    }

    function test_RevertWhen_TheRosterHasAStrangerOrIsOutOfOrderOrNamesOneTwice() public {
        _allAgree();
        uint32[] memory roster = _slice(ids, 0, 3);
        roster[2] = ids[3];
        _refused(abi.encodeWithSelector(InvalidRoster.selector, 2));
        _settle(request, roster, RIGHT);
        (roster[1], roster[2]) = (ids[2], ids[1]);
        _refused(abi.encodeWithSelector(InvalidRoster.selector, 2));
        _settle(request, roster, RIGHT);
        (roster[1], roster[2]) = (ids[0], ids[2]);
        _refused(abi.encodeWithSelector(InvalidRoster.selector, 1));
        _settle(request, roster, RIGHT);
        roster[0] = 0;
        _refused(abi.encodeWithSelector(InvalidRoster.selector, 0));
        _settle(request, roster, RIGHT);
    }

    function test_RevertWhen_TheRosterNamesADeclinedSeat() public {
        _drawAll(request, taskId);
        _claim(request, ids[3]);
        _as(_operator(ids[3]));
        market.decline(request);
        _allAgree();
        uint32[] memory roster = _slice(ids, 1, 4);
        _refused(abi.encodeWithSelector(InvalidRoster.selector, 2));
        _settle(request, roster, RIGHT);
        _settle(request, three, RIGHT);
    }

    function test_RevertWhen_ARootIsGivenForASingleRun() public {
        _allAgree();
        _refused(abi.encodeWithSelector(InvalidOpening.selector));
        market.settle(request, three, Opening(RIGHT, bytes32("root"), ""));
    }

    function test_RevertWhen_NoRootIsGivenForABag() public {
        request = _request();
        request.volume = 2;
        taskId = _post(request);
        _allAgree();
        _refused(abi.encodeWithSelector(InvalidOpening.selector));
        market.settle(request, three, _opening(RIGHT));
    }

    function test_RevertWhen_TheDocumentDoesNotHashToTheDigest() public {
        _allAgree();
        _refused(abi.encodeWithSelector(DocumentMismatch.selector, RIGHT, sha256("{}")));
        market.settle(request, three, Opening(RIGHT, 0, "{}"));
    }

    function test_RevertWhen_TheDocumentIsTooLarge() public {
        _allAgree();
        _refused(abi.encodeWithSelector(DocumentTooLarge.selector, 16_385, 16_384));
        market.settle(request, three, Opening(RIGHT, 0, new bytes(16_385)));
    }

    function test_RevertWhen_NobodyVotedForTheResult() public {
        _allAgree();
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, WRONG, 0, 30));
        _settle(request, three, WRONG);
    }

    function test_RevertWhen_TheScoreIsBelowTheThreshold() public {
        request = _request();
        request.thresholdBps = 7_000;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 20, 30));
        _settle(request, three, RIGHT);
    }

    function test_RevertWhen_TheWeightIsBelowTheMinimumWeight() public {
        request = _request();
        request.minWeight = 31;
        taskId = _post(request);
        _allAgree();
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 30, 30));
        _settle(request, three, RIGHT);
    }

    function test_RevertWhen_TooFewAgree() public {
        // The others abstain: all weight agrees, but it is one provider's.
        _fill(request, taskId, three);
        _abstain(taskId, ids[1], 1);
        _abstain(taskId, ids[2], 2);
        _commit(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[0], RIGHT);
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 10, 10));
        _settle(request, three, RIGHT);
    }

    // --- the vote ---

    function test_RevertWhen_ACommittedSeatWithholds() public {
        request = _request();
        request.thresholdBps = 7_000;
        taskId = _post(request);
        _fill(request, taskId, three);
        for (uint256 i = 0; i < 3; ++i) {
            _commit(taskId, ids[i], RIGHT);
        }
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], RIGHT);
        _later(request.revealWindow + 1);
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 20, 30));
        _settle(request, three, RIGHT);
    }

    function test_WhenTwoTrustedOpposeThreeUntrusted() public {
        _five(70, 70, 30);
        uint256 budget = 2 * 100;
        VM.expectEmit(true, true, false, false);
        emit IDecoTasks.TaskSettled(taskId, RIGHT, RIGHT, 0, 140, 230, 0, RELAYER, "");
        VM.recordLogs();
        _settle(request, _slice(ids, 0, 5), RIGHT);
        eq(market.getOutcome(taskId).agreeing, 2, "agreeing");
        eq(market.getOutcome(taskId).securityBudget, budget, "budget, in DECO");
        for (uint256 i = 2; i < 5; ++i) {
            eq(_work(ids[i]).trust, 20, "the others lose a whole point");
        }
    }

    function test_WhenATrustedOneOpposesManyUntrusted() public {
        // 10.0 counts as 3.0 beside 1.0: 6.0 of 9.0 accept.
        _five(100, 100, 10);
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, WRONG, 30, 90));
        _settle(request, _slice(ids, 0, 5), WRONG);
        _settle(request, _slice(ids, 0, 5), RIGHT);
        eq(market.getOutcome(taskId).agreeing, 2, "agreeing");
    }

    function test_WhenTrustChangesAfterTheSeatWasTaken() public {
        request = _request();
        (request.replicas, request.maxReplicas) = (5, 5);
        taskId = _post(request);
        _setTrust(ids[0], 70);
        _setTrust(ids[1], 70);
        for (uint256 i = 2; i < 5; ++i) {
            _setTrust(ids[i], 30);
        }
        _fill(request, taskId, _slice(ids, 0, 5));
        // Another task's settlement moves trust in between.
        _setTrust(ids[0], 10);
        _setTrust(ids[2], 100);
        _commitAndReveal(taskId, _slice(ids, 0, 5), _fiveResults());
        _settle(request, _slice(ids, 0, 5), RIGHT);
        eq(market.getOutcome(taskId).agreeing, 2, "by the seats' trust");
    }

    function test_GivenMinWeightForAdaptiveReplication() public {
        request = _request();
        (request.replicas, request.maxReplicas, request.minAgreeing) = (1, 3, 1);
        request.minTrust = 20;
        request.minWeight = 60;
        taskId = _post(request);
        _setTrust(ids[0], 60);
        _later(request.claimWindow - 2);
        _claim(request, ids[0]);
        _commitAndReveal(taskId, _slice(ids, 0, 1), _same(1, RIGHT));
        _settle(request, _slice(ids, 0, 1), RIGHT);
        eq(uint256(_status(taskId)), uint256(TaskStatus.Settled), "one replica of 6.0 settles");
    }

    function test_GivenVotesOfTwoRounds() public {
        request = _request();
        request.thresholdBps = 7_000;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        _voteFails(request);
        _escalate(request);
        uint32[] memory second = _slice(ids, 3, 6);
        _vote(request, taskId, second, _same(3, RIGHT));
        uint256 escrow = _escrow(request);
        uint256 paid = _price(request, taskId, ids[0]) + _price(request, taskId, ids[1]);
        for (uint256 i = 3; i < 6; ++i) {
            paid += _price(request, taskId, ids[i]);
        }
        _settle(request, ids, RIGHT);
        eq(market.getOutcome(taskId).agreeing, 5, "5 of 6");
        eq(_earned(ids[2]), 0, "the dissenter of round 1 is not paid");
        isTrue(_earned(ids[0]) > 0 && _earned(ids[5]) > 0, "both rounds are paid");
        uint256 fee = (paid * 200) / 10_000;
        eq(_balance(REQUESTER), escrow - paid - fee - 2 * uint256(request.settlementFee), "refund");
        eq(_balance(RELAYER), 2 * uint256(request.settlementFee), "escalate and settle");
    }

    // --- outcomes of seats ---

    function test_GivenADissenter() public {
        request = _request();
        request.dissentBps = 4_000;
        taskId = _post(request);
        _trustAll(35);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        uint256 pending = market.pendingBurn();
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatEnded(taskId, ids[2], SeatOutcome.Dissented, 0, 40 ether, 25, 0);
        _settle(request, three, RIGHT);
        eq(_stake(ids[2]).active, STAKE - 40 ether, "stake");
        eq(market.pendingBurn() - pending, 40 ether, "all of it burns: framing pays nobody");
        eq(_earned(ids[2]), 0, "no pay");
    }

    function test_GivenASlashWithoutANoShow() public {
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        VM.recordLogs();
        _settle(request, three, RIGHT);
        Log[] memory logs = VM.getRecordedLogs();
        isTrue(logs.length != 0, "events");
        for (uint256 i = 0; i < logs.length; ++i) {
            isTrue(logs[i].topics[0] != IDecoTasks.RequesterCompensated.selector, "nobody is compensated");
        }
    }

    function test_GivenAWithholder() public {
        _setTrust(ids[2], 35);
        _fill(request, taskId, three);
        for (uint256 i = 0; i < 3; ++i) {
            _commit(taskId, ids[i], RIGHT);
        }
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], RIGHT);
        _later(request.revealWindow + 1);
        // 2.0 of 5.0: the withholder's weight is capped at 3.0.
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 20, 50));
        _settle(request, three, RIGHT);

        request = _request();
        taskId = _post(request);
        _setTrust(ids[2], 10);
        _fill(request, taskId, three);
        for (uint256 i = 0; i < 3; ++i) {
            _commit(taskId, ids[i], RIGHT);
        }
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], RIGHT);
        _later(request.revealWindow + 1);
        uint256 pending = market.pendingBurn();
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatEnded(taskId, ids[2], SeatOutcome.Withheld, 0, LOCK, 10, 10);
        _settle(request, three, RIGHT);
        eq(_stake(ids[2]).active, STAKE - LOCK, "stake");
        eq(market.pendingBurn() - pending, LOCK, "burned");
    }

    function test_GivenANoShow() public {
        _setTrust(ids[2], 35);
        _fill(request, taskId, three);
        _commit(taskId, ids[0], RIGHT);
        _commit(taskId, ids[1], RIGHT);
        _later(request.commitWindow + 1);
        _revealOne(taskId, ids[0], RIGHT);
        _revealOne(taskId, ids[1], RIGHT);
        uint256 pending = market.pendingBurn();
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatEnded(taskId, ids[2], SeatOutcome.NoShow, 0, LOCK / 10, 30, 0);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.RequesterCompensated(taskId, REQUESTER, Defaults.POSTING_FEE);
        _settle(request, three, RIGHT);
        eq(_stake(ids[2]).active, STAKE - LOCK / 10, "stake");
        eq(market.balanceOf(address(deco), REQUESTER), Defaults.POSTING_FEE, "compensation");
        eq(market.pendingBurn() - pending, LOCK / 10 - Defaults.POSTING_FEE, "the rest burns");
    }

    function test_GivenTrustBelowTheStep() public {
        _trustAll(14);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        _settle(request, three, RIGHT);
        eq(_work(ids[2]).trust, 10, "floor");
        eq(_work(ids[2]).debt, 6, "debt");
        for (uint256 i = 1; i <= 7; ++i) {
            _later(1 hours);
            _agree(three);
            eq(_work(ids[2]).debt, i < 6 ? 6 - i : 0, "debt is repaid first");
            eq(_work(ids[2]).trust, i < 7 ? 10 : 11, "then trust rises");
        }
    }

    function test_GivenALateSeat() public {
        _later(request.claimWindow / 3 + 10);
        for (uint256 i = 0; i < 3; ++i) {
            _claim(request, ids[i]);
        }
        _commitAndReveal(taskId, three, _same(3, RIGHT));
        _settle(request, three, RIGHT);
        eq(_work(ids[0]).trust, 10, "trust");
        isTrue(_earned(ids[0]) > 0, "paid all the same");
    }

    function test_GivenASecondSuccessInTheSameEpoch() public {
        VM.warp((block.timestamp / 1 hours + 1) * 1 hours);
        _agree(three);
        eq(_work(ids[0]).trust, 11, "first");
        _agree(three);
        eq(_work(ids[0]).trust, 11, "second");
        _later(1 hours);
        _agree(three);
        eq(_work(ids[0]).trust, 12, "next epoch");
    }

    function test_GivenATaskPostedWhereTrustDoesNotMove() public {
        TaskParameters memory terms = Defaults.task();
        (terms.trustMoves, terms.postingFee) = (false, 0);
        parameters.setParameters(terms, Defaults.post());
        _agree(three);
        eq(_work(ids[0]).trust, 10, "trust");
    }

    function test_GivenTheParametersChangedSinceThePost() public {
        TaskParameters memory terms = Defaults.task();
        (terms.protocolFeeBps, terms.dissentStep, terms.weightCap) = (500, 90, 1);
        parameters.setParameters(terms, Defaults.post());
        _setTrust(ids[2], 50);
        _setTrust(ids[0], 50);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        uint256 paid = _price(request, taskId, ids[0]) + _price(request, taskId, ids[1]);
        // 3.0 + 1.0 of 7.0 by the old cap, below the threshold; the new one would accept 2.0 of 3.0.
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, RIGHT, 40, 70));
        _settle(request, three, RIGHT);
        eq(paid > 0 ? 1 : 0, 1, "prices");

        parameters.setParameters(Defaults.task(), Defaults.post());
        request = _request();
        taskId = _post(request);
        parameters.setParameters(terms, Defaults.post());
        _setTrust(ids[0], 10);
        _setTrust(ids[2], 25);
        _vote(request, taskId, _slice(ids, 3, 6), _results(RIGHT, RIGHT, WRONG));
        paid = _price(request, taskId, ids[3]) + _price(request, taskId, ids[4]);
        _settle(request, _slice(ids, 3, 6), RIGHT);
        eq(_balance(TREASURY), (paid * 200) / 10_000, "the old fee");
        eq(_work(ids[5]).debt, 10, "the old step");
    }

    function test_GivenASlashBelowTheIdentityMinimum() public {
        request = _request();
        request.lock = 4_500 ether;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        _settle(request, three, RIGHT);
        isTrue(_work(ids[2]).dormant, "dormant");
        isTrue(!_work(ids[0]).dormant, "others are not");
    }

    function test_GivenASlashThatLeavesTheIdentityMinimum() public {
        request = _request();
        request.lock = 4_000 ether;
        taskId = _post(request);
        _vote(request, taskId, three, _results(RIGHT, RIGHT, WRONG));
        _settle(request, three, RIGHT);
        eq(_stake(ids[2]).active, 1_000 ether, "the minimum");
        isTrue(!_work(ids[2]).dormant, "not dormant");
    }

    function test_GivenThePaymentTokenIsPaused() public {
        BlockingToken blocking = new BlockingToken();
        parameters.setToken(address(blocking), TokenParameters(true, 0, 0));
        blocking.mint(REQUESTER, 1e12);
        _as(REQUESTER);
        blocking.approve(address(market), type(uint256).max);
        request = _request();
        request.token = address(blocking);
        taskId = _post(request);
        blocking.setPaused(true);
        _allAgree();
        _settle(request, three, RIGHT);
        isTrue(market.earningsOf(address(blocking), ids[0]) > 0, "credited");
    }

    function test_GivenABag() public {
        request = _request();
        // The smallest.
        request.volume = 2;
        taskId = _post(request);
        bytes32 root = keccak256("root");
        bytes32 result = keccak256(abi.encode(root, RIGHT));
        _vote(request, taskId, three, _same(3, result));
        _refused(abi.encodeWithSelector(ResultNotAccepted.selector, keccak256(abi.encode(RIGHT, root)), 0, 30));
        market.settle(request, three, Opening(root, RIGHT, ""));
        market.settle(request, three, Opening(RIGHT, root, ""));
        Outcome memory outcome = market.getOutcome(taskId);
        isTrue(outcome.bag, "bag");
        eq(bytes32(outcome.result), bytes32(bytes26(result)), "result");
    }

    function test_GivenASmallDocument() public {
        bytes memory document = '{"deco":"result/1","exitCode":0}';
        bytes32 digest = sha256(document);
        _vote(request, taskId, three, _same(3, digest));
        (uint256 refund,) = _expected();
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.TaskSettled(taskId, digest, digest, 0, 30, 30, refund, STRANGER, document);
        _as(STRANGER);
        market.settle(request, three, Opening(digest, 0, document));
    }

    function test_GivenPricesAndFeesOfOneUnit() public {
        parameters.setToken(address(token), TokenParameters(true, 1e29, 0));
        request = _request();
        (request.minPrice, request.maxPrice, request.settlementFee) = (1, 1, 1);
        (request.programOwner, request.programBps) = (STRANGER, 3_334);
        taskId = _post(request);
        _allAgree();
        _settle(request, three, RIGHT);
        eq(_earned(ids[0]), 1, "price");
        eq(_balance(RELAYER), 1, "settlement fee");
        eq(_balance(STRANGER), 1, "royalty");
    }

    function test_GivenAFeeAndARefundOfOneUnit() public {
        parameters.setToken(address(token), TokenParameters(true, 1e29, 0));
        request = _request();
        (request.minPrice, request.maxPrice, request.settlementFee, request.maxReplicas) = (17, 17, 0, 3);
        taskId = _post(request);
        _allAgree();
        _settle(request, three, RIGHT);
        eq(_balance(TREASURY), 1, "of 1.02");
        eq(_balance(REQUESTER), 1, "the escrow is rounded up");
    }

    function test_WhenAllAgree() public {
        _allAgree();
        uint256 price = _price(request, taskId, ids[0]);
        (uint256 refund, uint256 fee) = _expected();
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatEnded(taskId, ids[0], SeatOutcome.Agreed, price, 0, 11, 0);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.TaskSettled(taskId, RIGHT, RIGHT, 0, 30, 30, refund, RELAYER, "");
        _settle(request, three, RIGHT);
        eq(_balance(REQUESTER), refund, "refund");
        eq(_balance(TREASURY), fee, "protocol fee");
        eq(_balance(RELAYER), request.settlementFee, "settlement fee");
        uint256 all = refund + fee + request.settlementFee;
        for (uint256 i = 0; i < 3; ++i) {
            eq(_earned(ids[i]), price, "price");
            eq(_work(ids[i]).locked, 0, "lock");
            eq(_work(ids[i]).liveSeats, 0, "live seats");
            eq(_work(ids[i]).trust, 11, "trust");
            _seatIs(taskId, ids[i], SeatStatus.None);
            all += price;
        }
        eq(all, _escrow(request), "every unit of the escrow");
        Outcome memory outcome = market.getOutcome(taskId);
        eq(uint256(outcome.status), uint256(TaskStatus.Settled), "status");
        eq(outcome.agreeing, 3, "agreeing");
        eq(outcome.securityBudget, 300, "security budget, in DECO");
        eq(bytes32(outcome.result), bytes32(bytes26(RIGHT)), "result");
    }

    // --- helpers ---

    function _trustAll(uint8 trust) private {
        for (uint256 i = 0; i < 3; ++i) {
            _setTrust(ids[i], trust);
        }
    }

    function _allAgree() private {
        _vote(request, taskId, three, _same(3, RIGHT));
    }

    /// @dev Two say right and three say wrong.
    function _five(uint8 first, uint8 second, uint8 others) private {
        request = _request();
        (request.replicas, request.maxReplicas) = (5, 5);
        taskId = _post(request);
        _setTrust(ids[0], first);
        _setTrust(ids[1], second);
        for (uint256 i = 2; i < 5; ++i) {
            _setTrust(ids[i], others);
        }
        _vote(request, taskId, _slice(ids, 0, 5), _fiveResults());
    }

    function _fiveResults() private pure returns (bytes32[] memory results) {
        results = _same(5, WRONG);
        results[0] = RIGHT;
        results[1] = RIGHT;
    }

    function _expected() private view returns (uint256 refund, uint256 fee) {
        uint256 paid;
        for (uint256 i = 0; i < 3; ++i) {
            paid += _price(request, taskId, ids[i]);
        }
        fee = (paid * Defaults.task().protocolFeeBps) / 10_000;
        refund = _escrow(request) - paid - fee - request.settlementFee;
    }
}
