// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAllocator} from "../../../contracts/interfaces/IAllocator.sol";
import {IDecoMatching} from "../../../contracts/interfaces/IDecoMatching.sol";
import {Accounting} from "../../../contracts/libraries/Accounting.sol";
import {AssignedSeat, Match, MatchingLib, Offer, TaskOffer} from "../../../contracts/types/Matching.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {VM} from "../support/Vm.sol";
import {HostileAnswers, Keys, Wallet} from "../support/Wallets.sol";

contract OpenAndAssignTest is MatchingFixture {
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        request = _signable();
        taskId = market.hashRequest(request);
    }

    // --- the request ---

    function test_RevertWhen_TheRequestIsNotSigned() public {
        Match memory item = _match(request, _pair());
        item.signature = "";
        _refused(abi.encodeWithSelector(InvalidSignature.selector, holder));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheTaskIsExecuting() public {
        Match memory item = _match(request, _pair());
        _openAsAllocator(item);
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Executing));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheRequestWasCancelled() public {
        _as(holder);
        market.cancelRequest(request);
        Match memory item = _match(request, _pair());
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Ended));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheTaskIsOpenAndNoSeatIsGiven() public {
        Match memory item = _match(request, _none());
        eq(_open(item), taskId, "opened without seats");
        _refused(abi.encodeWithSelector(AlreadyPosted.selector, taskId));
        _open(item);
    }

    // --- the allocator ---

    /// @dev The attack: a requester brings three identities of its own. Opening or matching alone gives no seat.
    function test_RevertWhen_TheRequestNamesNoAllocator() public {
        (request.allocator, request.allocatorWindow) = (address(0), 0);
        Match memory item = _match(request, _pair());
        _refused(abi.encodeWithSelector(NoAllocator.selector));
        _open(item);
        _refused(abi.encodeWithSelector(NoAllocator.selector));
        _as(holder);
        market.openAndAssign(item);
    }

    function test_RevertWhen_TheAllocatorHasNotSpoken() public {
        Match memory item = _match(request, _pair());
        _refused(abi.encodeWithSelector(NotAssigned.selector, allocator));
        _open(item);
        _refused(abi.encodeWithSelector(NotAssigned.selector, allocator));
        _as(holder);
        market.openAndAssign(item);
    }

    function test_RevertWhen_TheTimeOfTheAllocatorIsOver() public {
        _open(_match(request, _none()));
        uint256 closesAt = block.timestamp + WINDOW;
        VM.warp(closesAt);
        Match memory item = _match(request, _pair());
        _refused(abi.encodeWithSelector(AllocatorWindowClosed.selector, closesAt));
        _openAsAllocator(item);
        VM.warp(closesAt - 1);
        _openAsAllocator(item);
    }

    function test_RevertWhen_MoreSeatsAreGivenThanAreFree() public {
        Match memory item = _match(request, _slice(ids, 0, 3));
        _refused(abi.encodeWithSelector(TooManySeats.selector, 3, 2));
        _openAsAllocator(item);
        _openAsAllocator(_match(request, _one(0)));
        item = _match(request, _slice(ids, 1, 3));
        _refused(abi.encodeWithSelector(TooManySeats.selector, 2, 1));
        _openAsAllocator(item);
    }

    function test_RevertWhen_ATrustMovingAllocatorLeavesNoSeatToTheDraw() public {
        parameters.setAllocator(allocator, true);
        Match memory item = _match(request, _pair());
        _refused(abi.encodeWithSelector(TooManySeats.selector, 2, 1));
        _openAsAllocator(item);
        _openAsAllocator(_match(request, _one(0)));
        item = _match(request, _one(1));
        _refused(abi.encodeWithSelector(TooManySeats.selector, 1, 0));
        _openAsAllocator(item);
    }

    function test_RevertWhen_AnotherKeySignedTheAssignment() public {
        Match memory item = _match(request, _pair());
        item.assignment = Keys.sign(OTHER_KEY, _assignmentDigest(item, 1));
        _unassigned(item);
        item = _assigned(item);
        item.assignment = Keys.malleated(item.assignment);
        _unassigned(item);
    }

    function test_RevertWhen_OtherSeatsWereAssigned() public {
        bytes memory assignment = _assigned(_match(request, _pair())).assignment;
        Match memory item = _match(request, _slice(ids, 1, 3));
        item.assignment = assignment;
        _unassigned(item);
        // Fewer, and the same in another order.
        item = _match(request, _one(0));
        item.assignment = assignment;
        _unassigned(item);
        uint32[] memory swapped = new uint32[](2);
        (swapped[0], swapped[1]) = (ids[1], ids[0]);
        item = _match(request, swapped);
        item.assignment = assignment;
        _unassigned(item);
        // The same provider at another price that it offers too.
        TaskOffer memory dearer = _taskOffer(taskId, ids[0]);
        dearer.price = PRICE + 1;
        bytes memory cheap = _assigned(_match(request, _one(0))).assignment;
        item = _match(request, _signed(dearer, _key(ids[0])));
        item.assignment = cheap;
        _unassigned(item);
    }

    function test_RevertWhen_TheAssignmentWasForAnotherRound() public {
        Match memory item = _match(request, _pair());
        item.assignment = Keys.sign(ALLOCATOR_KEY, _assignmentDigest(item, 2));
        _unassigned(item);
    }

    function test_RevertWhen_TheAssignmentWasForAnotherTask() public {
        bytes memory assignment = _assigned(_match(request, _pair())).assignment;
        ++request.nonce;
        Match memory item = _match(request, _pair());
        item.assignment = assignment;
        _unassigned(item);
    }

    function test_RevertWhen_TheAssignmentWasForAnotherChainOrMarket() public {
        Match memory item = _match(request, _pair());
        bytes32 structHash = MatchingLib.structHash(taskId, 1, _seatsOf(item));
        for (uint256 i = 0; i < 2; ++i) {
            item.assignment = Keys.sign(ALLOCATOR_KEY, _foreign(structHash, i == 0));
            _unassigned(item);
        }
    }

    function test_RevertWhen_TheAllocatorContractAnswersBadly() public {
        HostileAnswers rule = new HostileAnswers();
        request.allocator = address(rule);
        Match memory item = _match(request, _pair());
        for (uint256 manner = 0; manner <= uint256(type(HostileAnswers.Manner).max); ++manner) {
            if (manner == uint256(HostileAnswers.Manner.ReturnBomb)) continue;
            rule.set(HostileAnswers.Manner(manner));
            uint256 before = gasleft();
            _refused(abi.encodeWithSelector(NotAssigned.selector, address(rule)));
            _open(item);
            atMost(before - gasleft(), 900_000, "gas of a refusal");
        }
    }

    // --- the seat ---

    function test_RevertWhen_ThePriceIsNotBetweenTheTwoOfTheRequest() public {
        TaskOffer memory offer = _taskOffer(taskId, ids[0]);
        offer.price = request.maxPrice + 1;
        _outOfRange(offer);
        offer.price = request.minPrice - 1;
        _outOfRange(offer);
        offer.price = request.maxPrice;
        _openAsAllocator(_match(request, _signed(offer, _key(ids[0]))));
    }

    function test_RevertWhen_TheProviderHoldsASeat() public {
        Match memory item = _match(request, _one(0));
        _openAsAllocator(item);
        _refused(abi.encodeWithSelector(AlreadySeated.selector, taskId, ids[0]));
        _openAsAllocator(item);
        _later(1);
        _as(_operator(ids[0]));
        market.decline(request);
        _refused(abi.encodeWithSelector(AlreadySeated.selector, taskId, ids[0]));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheProviderIsNamedTwice() public {
        uint32[] memory twice = new uint32[](2);
        (twice[0], twice[1]) = (ids[0], ids[0]);
        Match memory item = _match(request, twice);
        _refused(abi.encodeWithSelector(AlreadySeated.selector, taskId, ids[0]));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheStakeCameWithOrAfterThePost() public {
        uint32 young = _provider(STAKE);
        Match memory item = _match(request, _same(young));
        _refused(abi.encodeWithSelector(StakeTooYoung.selector, young));
        _openAsAllocator(item);
        _open(_match(request, _none()));
        _later(10);
        item = _match(request, _same(young));
        _refused(abi.encodeWithSelector(StakeTooYoung.selector, young));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheProviderIsLeaving() public {
        _openAsAllocator(_match(request, _one(0)));
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        ++request.nonce;
        Match memory item = _match(request, _one(0));
        _refused(abi.encodeWithSelector(ProviderLeaving.selector, ids[0]));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheProviderIsDormant() public {
        uint32 small = _provider(1_000 ether);
        _later(10);
        Request memory lost = _signable();
        (lost.replicas, lost.maxReplicas, lost.minAgreeing) = (1, 1, 1);
        _openAsAllocator(_match(lost, _same(small)));
        _later(lost.commitWindow + 1);
        _expire(lost, _same(small));
        Match memory item = _match(request, _same(small));
        _refused(abi.encodeWithSelector(ProviderDormant.selector, small));
        _openAsAllocator(item);
    }

    function test_RevertWhen_TrustIsBelowTheMinimum() public {
        request.minTrust = 25;
        _setTrust(ids[0], 24);
        Match memory item = _match(request, _one(0));
        _refused(abi.encodeWithSelector(TrustTooLow.selector, ids[0], 24, 25));
        _openAsAllocator(item);
        _setTrust(ids[0], 25);
        _openAsAllocator(item);
    }

    function test_RevertWhen_TheFreeStakeIsBelowTheLock() public {
        request.lock = STAKE / 2 + 1;
        _openAsAllocator(_match(request, _one(0)));
        ++request.nonce;
        Match memory item = _match(request, _one(0));
        _refused(abi.encodeWithSelector(StakeNotFree.selector, ids[0], STAKE / 2 + 1, STAKE / 2 - 1));
        _openAsAllocator(item);
    }

    // --- ways that work ---

    function test_WhenTheAllocatorCalls() public {
        Match memory item = _match(request, _pair());
        item.assignment = "not looked at";
        _openAsAllocator(item);
        isTrue(_status(taskId) == TaskStatus.Executing, "full");
    }

    function test_WhenTheAllocatorIsAWallet() public {
        request.allocator = address(new Wallet(allocator));
        Match memory item = _match(request, _pair());
        item.assignment = Keys.signAsWallet(ALLOCATOR_KEY, _assignmentDigest(item, 1));
        isTrue(_status(_open(item)) == TaskStatus.Executing, "full");
    }

    function test_WhenTheAllocatorIsAContractWithARule() public {
        address rule = address(new HostileAnswers());
        HostileAnswers(rule).set(HostileAnswers.Manner.Revert);
        request.allocator = rule;
        Match memory item = _match(request, _pair());
        AssignedSeat[] memory seats = _seatsOf(item);
        bytes memory question = abi.encodeCall(IAllocator.assigns, (market.hashRequest(request), request, 1, seats));
        VM.mockCall(rule, question, abi.encode(IAllocator.assigns.selector));
        isTrue(_status(_open(item)) == TaskStatus.Executing, "full");
    }

    function test_WhenTheOperatorIsAWallet() public {
        address wallet = address(new Wallet(_operator(ids[0])));
        _as(_owner(ids[0]));
        market.setOperator(ids[0], wallet);
        Offer memory offer = _offer(ids[0]);
        Match memory item = _match(request, offer);
        item.offerSeats[0].signature = Keys.signAsWallet(_key(ids[0]), _hashOf(offer));
        _openAsAllocator(item);
        _seatIs(taskId, ids[0], SeatStatus.Taken);
    }

    function test_WhenAStandingOfferCoversSeveralTasks() public {
        Offer memory offer = _offer(ids[0]);
        for (uint256 i = 1; i <= 3; ++i) {
            _openAsAllocator(_match(request, offer));
            eq(market.offerUse(_hashOf(offer)), i, "seats");
            ++request.nonce;
        }
        Match memory item = _match(request, offer);
        _refused(abi.encodeWithSelector(OfferUsedUp.selector, _hashOf(offer), 3));
        _openAsAllocator(item);
    }

    function test_WhenAnOfferIsForThisTaskOnly() public {
        Offer memory offer = _offer(ids[0]);
        (offer.taskId, offer.seats) = (taskId, 0);
        _openAsAllocator(_match(request, offer));
        eq(market.offerUse(_hashOf(offer)), 0, "not counted");
        _seatIs(taskId, ids[0], SeatStatus.Taken);
    }

    function test_WhenBothFormsOfOffersAreMixed() public {
        Match memory item = _match(request, _one(0));
        item.offerSeats = _signed(_offer(ids[1]));
        _open(_assigned(item));
        _seatIs(taskId, ids[0], SeatStatus.Taken);
        _seatIs(taskId, ids[1], SeatStatus.Taken);
        isTrue(_status(taskId) == TaskStatus.Executing, "full");
    }

    function test_WhenTheTaskIsOpenAlready() public {
        _as(holder);
        token.approve(address(market), type(uint256).max);
        taskId = _post(request);
        Match memory item = _match(request, _pair());
        item.signature = "";
        _open(_assigned(item));
        isTrue(_status(taskId) == TaskStatus.Executing, "full");
    }

    function test_WhenTheAllocatorAssignsALaterRound() public {
        _openAsAllocator(_match(request, _pair()));
        _commitAndReveal(taskId, _pair(), _two(RIGHT, WRONG));
        _voteFails(request);
        _escalate(request);
        Match memory item = _match(request, _slice(ids, 2, 4));
        item.assignment = Keys.sign(ALLOCATOR_KEY, _assignmentDigest(item, 2));
        _open(item);
        eq(market.getSeat(taskId, ids[2]).round, 2, "round");
        isTrue(_status(taskId) == TaskStatus.Executing, "full");
    }

    function test_WhenAnAssignedProviderDeclines() public {
        _openAsAllocator(_match(request, _pair()));
        _as(_operator(ids[0]));
        market.decline(request);
        isTrue(_status(taskId) == TaskStatus.Open, "open again");
        uint256 left = VM.snapshotState();
        _openAsAllocator(_match(request, _one(2)));
        isTrue(_status(taskId) == TaskStatus.Executing, "given again");
        VM.revertToState(left);
        _afterAllocator();
        _claim(request, ids[2]);
        isTrue(_status(taskId) == TaskStatus.Executing, "claimed");
    }

    function test_WhenTheAllocatorIsSilent() public {
        _open(_match(request, _none()));
        uint256 opensAt = block.timestamp + WINDOW;
        _refused(abi.encodeWithSelector(AllocatorWindowOpen.selector, opensAt));
        _claim(request, ids[0]);
        _afterAllocator();
        _claim(request, ids[0]);
        _claim(request, ids[1]);
        isTrue(_status(taskId) == TaskStatus.Executing, "filled by the draw");
    }

    function test_WhenGovernanceDoesNotListTheAllocator() public {
        _openAsAllocator(_match(request, _pair()));
        isTrue(!market.getSeat(taskId, ids[0]).early, "not early");
        _commitAndReveal(taskId, _pair(), _two(RIGHT, RIGHT));
        _settle(request, _pair(), RIGHT);
        eq(_work(ids[0]).trust, 10, "trust");
    }

    function test_WhenGovernanceListsTheAllocator() public {
        parameters.setAllocator(allocator, true);
        _openAsAllocator(_match(request, _one(0)));
        isTrue(market.getSeat(taskId, ids[0]).early, "may raise trust");
        _afterAllocator();
        _claim(request, ids[1]);
        _commitAndReveal(taskId, _pair(), _two(RIGHT, RIGHT));
        _settle(request, _pair(), RIGHT);
        eq(_work(ids[0]).trust, 11, "trust");
    }

    function testFuzz_GivenAnyPriceOnTheRamp(uint96 minPrice, uint96 range, uint96 above) public pure {
        minPrice /= 2;
        uint96 maxPrice = minPrice + range / 2;
        uint96 price = minPrice + (maxPrice == minPrice ? 0 : above % (maxPrice - minPrice + 1));
        uint256 paid = Accounting.priceDown(minPrice, maxPrice, Accounting.fractionUp(minPrice, maxPrice, price));
        atMost(price, paid, "the offer");
        atMost(paid, maxPrice, "the maximum");
    }

    function test_WhenAllIsWell() public {
        _setTrust(ids[1], 42);
        Match memory item = _assigned(_match(request, _pair()));
        uint40 fraction = Accounting.fractionUp(request.minPrice, request.maxPrice, PRICE);
        bytes32 offer = _digest(MatchingLib.structHash(_taskOffer(taskId, ids[1])));
        VM.expectEmit(true, true, false, true);
        emit IDecoMatching.SeatAssigned(taskId, ids[1], 1, 42, false, fraction, PRICE, offer);
        eq(_open(item), taskId, "task id");
        Task memory task = market.getTask(taskId);
        eq(uint256(task.status), uint256(TaskStatus.Executing), "status");
        eq(task.phaseAt, block.timestamp, "clock");
        eq(task.seats, 2, "seats");
        Seat memory seat = market.getSeat(taskId, ids[1]);
        eq(seat.trust, 42, "trust of this moment");
        eq(seat.priceFraction, fraction, "agreed price");
        eq(_work(ids[1]).locked, LOCK, "locked");
        eq(_work(ids[1]).liveSeats, 1, "live seats");
        _commitAndReveal(taskId, _pair(), _two(RIGHT, RIGHT));
        _settle(request, _pair(), RIGHT);
        eq(_earned(ids[0]), PRICE, "the price that was agreed, to the unit");
    }

    // --- steps ---

    function _two(bytes32 a, bytes32 b) private pure returns (bytes32[] memory results) {
        results = new bytes32[](2);
        (results[0], results[1]) = (a, b);
    }

    function _same(uint32 provider) private pure returns (uint32[] memory list) {
        list = new uint32[](1);
        list[0] = provider;
    }

    /// @dev To the moment of the claim window at which everybody is drawn.
    function _afterAllocator() private {
        uint256 moment = uint256(market.getTask(taskId).openedAt) + WINDOW + request.claimWindow / 2;
        _later(moment - block.timestamp);
    }

    function _unassigned(Match memory item) private {
        _refused(abi.encodeWithSelector(InvalidSignature.selector, allocator));
        _open(item);
    }

    function _outOfRange(TaskOffer memory offer) private {
        Match memory item = _match(request, _signed(offer, _key(offer.provider)));
        _refused(
            abi.encodeWithSelector(
                PriceOutOfRange.selector, offer.provider, offer.price, request.minPrice, request.maxPrice
            )
        );
        _openAsAllocator(item);
    }
}
