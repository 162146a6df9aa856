// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Fold} from "../../../contracts/types/Fold.sol";
import {Match, Offer} from "../../../contracts/types/Matching.sol";
import {SeatLib, SeatStatus} from "../../../contracts/types/Seat.sol";
import {Task, TaskLib, TaskStatus} from "../../../contracts/types/Task.sol";
import {FoldFixture} from "../FoldFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {Keys} from "../support/Wallets.sol";

contract OpenAndFoldTest is FoldFixture {
    function setUp() public override {
        super.setUp();
        request = _signable();
        taskId = market.hashRequest(request);
    }

    function test_RevertWhen_TheTaskWasPostedBefore() public {
        Match memory item = _match(request, _pair());
        _openFolded(item);
        _refuses(item, abi.encodeWithSelector(AlreadyPosted.selector, taskId));
    }

    function test_RevertWhen_TheRequestIsNotSigned() public {
        Match memory item = _match(request, _pair());
        item.signature = Keys.sign(0xbad, taskId);
        _refuses(item, abi.encodeWithSelector(InvalidSignature.selector, holder));
    }

    function test_RevertWhen_TheRequestNamesNoAllocator() public {
        (request.allocator, request.allocatorWindow) = (address(0), 0);
        _refuses(_match(request, _pair()), abi.encodeWithSelector(NoAllocator.selector));
    }

    function test_RevertWhen_TheAllocatorHasNotSpoken() public {
        Match memory item = _match(request, _pair());
        _refused(abi.encodeWithSelector(NotAssigned.selector, allocator));
        _as(RELAYER);
        market.openAndFold(item);
        // With its signature anyone may bring it.
        item = _assigned(item);
        _as(RELAYER);
        market.openAndFold(item);
        isTrue(_status(taskId) == TaskStatus.Folded, "folded");
    }

    function test_RevertWhen_ASeatOfTheRoundIsMissing() public {
        _refuses(_match(request, _one(0)), abi.encodeWithSelector(RosterIncomplete.selector, 1, 2));
    }

    function test_RevertWhen_ThereAreMoreSeatsThanReplicas() public {
        _refuses(_match(request, _slice(ids, 0, 3)), abi.encodeWithSelector(RosterIncomplete.selector, 3, 2));
    }

    function test_RevertWhen_ProvidersDoNotAscend() public {
        Match memory item = _match(request, _pair());
        (item.taskSeats[0], item.taskSeats[1]) = (item.taskSeats[1], item.taskSeats[0]);
        _refuses(item, abi.encodeWithSelector(InvalidRoster.selector, 1));
    }

    function test_RevertWhen_AProviderIsNamedTwice() public {
        Match memory item = _match(request, _pair());
        item.taskSeats[1] = item.taskSeats[0];
        _refuses(item, abi.encodeWithSelector(InvalidRoster.selector, 1));
    }

    function test_RevertWhen_AProviderHasNotOffered() public {
        Match memory item = _match(request, _pair());
        item.taskSeats[1] = _signed(_taskOffer(taskId, ids[1]), _key(ids[2]));
        _refuses(item, abi.encodeWithSelector(InvalidSignature.selector, _operator(ids[1])));
    }

    function test_RevertWhen_TheFreeStakeIsBelowTheLock() public {
        request.lock = STAKE + 1;
        taskId = market.hashRequest(request);
        _refuses(_match(request, _pair()), abi.encodeWithSelector(StakeNotFree.selector, ids[0], STAKE + 1, STAKE));
    }

    function test_WhenStandingOffersFillTheRound() public {
        Match memory item = _match(request, _one(0));
        Offer memory offer = _offer(ids[3]);
        item.offerSeats = _signed(offer);
        Fold memory fold = _openFolded(item);
        eq(fold.roster[0], ids[0], "first");
        eq(fold.roster[1], ids[3], "second");
        eq(market.offerUse(_hashOf(offer)), 1, "used once");
    }

    function test_WhenTheAllocatorIsListedAsTrustMoving() public {
        parameters.setAllocator(allocator, true);
        Fold memory fold = _openFolded(_match(request, _pair()));
        isTrue(!SeatLib.unpack(fold.seats[0]).early && !SeatLib.unpack(fold.seats[1]).early, "early");
    }

    function test_RevertWhen_ACallNeedsAnOrdinaryTask() public {
        _openFolded(_match(request, _pair()));
        bytes memory folded = abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Folded);
        _refused(folded);
        _as(_operator(ids[0]));
        market.commit(taskId, RIGHT);
        _refused(folded);
        _as(_operator(ids[0]));
        market.abstain(taskId, 1);
        _refused(folded);
        _as(_operator(ids[0]));
        market.decline(request);
        _refused(folded);
        _as(holder);
        market.cancel(request);
        _refused(folded);
        market.escalate(request);
        _refused(folded);
        market.expire(request, _pair());
        _refused(folded);
        market.reseed(request);
        uint32[] memory roster = _pair();
        _refused(folded);
        market.settle(request, roster, _opening(RIGHT));
        bytes32[] memory salts = _salts(roster);
        _refused(folded);
        market.settleAgreed(request, roster, _opening(RIGHT), salts);
        _refused(folded);
        market.getTask(taskId);
        Match memory more = _match(request, _one(2));
        _refused(folded);
        _openAsAllocator(more);
    }

    function test_WhenAllIsWell() public {
        uint256 before = _balance(holder);
        uint256 decoBefore = market.balanceOf(address(deco), holder);
        Fold memory fold = _openFolded(_match(request, _pair()));
        isTrue(_status(taskId) == TaskStatus.Folded, "status");
        eq(uint256(market.getSeat(taskId, ids[0]).status), uint256(SeatStatus.None), "no word for the seat");
        eq(fold.terms, parameters.taskWord(parameters.version()), "parameters of the post");

        eq(before - _balance(holder), _escrow(request), "escrow");
        eq(decoBefore - market.balanceOf(address(deco), holder), Defaults.POSTING_FEE, "posting fee");
        eq(market.pendingBurn(), Defaults.POSTING_FEE, "to burn");
        for (uint256 i = 0; i < 2; ++i) {
            eq(_work(ids[i]).locked, LOCK, "locked");
            eq(_work(ids[i]).liveSeats, 1, "live");
            eq(uint256(SeatLib.unpack(fold.seats[i]).status), uint256(SeatStatus.Taken), "taken");
        }

        Task memory task = TaskLib.unpack(fold.task);
        isTrue(task.status == TaskStatus.Executing, "executing");
        eq(task.phaseAt, block.timestamp, "clock");
        eq(task.taken, 2, "full");
    }

    function _refuses(Match memory item, bytes memory reason) private {
        _refused(reason);
        _as(allocator);
        market.openAndFold(item);
    }
}
