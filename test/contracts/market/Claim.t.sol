// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoTasks} from "../../../contracts/interfaces/IDecoTasks.sol";
import {Sortition} from "../../../contracts/libraries/Sortition.sol";
import {Request, SeatTerms} from "../../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../../contracts/types/Task.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract ClaimTest is MarketFixture {
    uint32[] private ids;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        ids = _providers(5);
        request = _request();
        taskId = _post(request);
    }

    function test_RevertWhen_TheCallerOperatesNoProvider() public {
        _refused(abi.encodeWithSelector(NotAnOperator.selector, _owner(ids[0])));
        _as(_owner(ids[0]));
        market.claim(_seatTerms(request), _bodyHash(request), ids[0]);
    }

    function test_RevertWhen_TheTaskIsUnknown() public {
        request.nonce += 1;
        bytes32 unknown = market.hashRequest(request);
        _refused(abi.encodeWithSelector(UnknownTask.selector, unknown));
        _claim(request, ids[0]);
    }

    function test_RevertWhen_TheRoundIsFull() public {
        _fill(request, taskId, _slice(ids, 0, 3));
        _refused(abi.encodeWithSelector(WrongStatus.selector, taskId, TaskStatus.Executing));
        _claim(request, ids[3]);
    }

    function test_RevertWhen_TheClaimWindowHasClosed() public {
        uint256 closesAt = market.getTask(taskId).openedAt + request.claimWindow;
        VM.warp(closesAt + 1);
        _refused(abi.encodeWithSelector(ClaimWindowClosed.selector, closesAt));
        _claim(request, ids[0]);
        VM.warp(closesAt);
        _claim(request, ids[0]);
    }

    function test_RevertWhen_TheBodyIsOfAnotherRequest() public {
        _drawAll(request, taskId);
        SeatTerms memory terms = _seatTerms(request);
        bytes32 body = keccak256("another");
        _as(_operator(ids[0]));
        try market.claim(terms, body, ids[0]) {
            isTrue(false, "claimed");
        } catch (bytes memory reason) {
            eq(bytes4(reason), UnknownTask.selector, "error");
        }
    }

    function test_RevertWhen_TheSeatTermsAreOthers() public {
        _drawAll(request, taskId);
        bytes32 body = _bodyHash(request);
        for (uint256 field = 0; field < 6; ++field) {
            SeatTerms memory terms = _seatTerms(request);
            if (field == 0) --terms.lock;
            if (field == 1) --terms.minTrust;
            if (field == 2) ++terms.claimWindow;
            if (field == 3) --terms.rampSeconds;
            if (field == 4) terms.allocator = STRANGER;
            if (field == 5) terms.allocatorWindow = 1;
            _as(_operator(ids[0]));
            try market.claim(terms, body, ids[0]) {
                isTrue(false, "claimed");
            } catch (bytes memory reason) {
                eq(bytes4(reason), UnknownTask.selector, "error");
            }
        }
    }

    function test_RevertWhen_OnlyTheAllocatorGivesSeats() public {
        request = _request();
        taskId = _postAllocated(request, STRANGER, 50);
        request = _allocated(request, 50);
        uint256 until = uint256(market.getTask(taskId).openedAt) + 50;
        VM.warp(until - 1);
        _refused(abi.encodeWithSelector(AllocatorWindowOpen.selector, until));
        _claim(request, ids[0]);
    }

    function test_WhenTheAllocatorHasHadItsTime() public {
        request = _request();
        taskId = _postAllocated(request, STRANGER, 50);
        request = _allocated(request, 50);
        uint256 from = uint256(market.getTask(taskId).openedAt) + 50;
        // At its first second nobody is drawn, as at the opening of other rounds.
        VM.warp(from);
        bytes32 seed = randomness.seed(market.getTask(taskId).seedBlock);
        _refused(abi.encodeWithSelector(NotDrawn.selector, ids[0], Sortition.ticket(seed, taskId, 1, ids[0])));
        _claim(request, ids[0]);
        VM.warp(from + request.claimWindow / 3);
        _claim(request, ids[0]);
        Seat memory seat = market.getSeat(taskId, ids[0]);
        isTrue(seat.early, "k counts from that moment");
        eq(seat.priceFraction, (uint256(request.claimWindow / 3) * (2 ** 40 - 1)) / request.rampSeconds, "price");
        VM.warp(from + request.claimWindow);
        _refused(abi.encodeWithSelector(ClaimWindowOpen.selector, from + request.claimWindow));
        _expire(request, _slice(ids, 0, 1));
        _claim(request, ids[1]);
        VM.warp(from + request.claimWindow + 1);
        _refused(abi.encodeWithSelector(ClaimWindowClosed.selector, from + request.claimWindow));
        _claim(request, ids[2]);
        _expire(request, _slice(ids, 0, 2));
    }

    function test_RevertWhen_TheProviderHoldsASeat() public {
        _drawAll(request, taskId);
        _claim(request, ids[0]);
        _refused(abi.encodeWithSelector(AlreadySeated.selector, taskId, ids[0]));
        _claim(request, ids[0]);
    }

    function test_RevertWhen_TheProviderDeclinedASeat() public {
        _drawAll(request, taskId);
        _claim(request, ids[0]);
        _as(_operator(ids[0]));
        market.decline(request);
        _refused(abi.encodeWithSelector(AlreadySeated.selector, taskId, ids[0]));
        _claim(request, ids[0]);
    }

    function test_RevertWhen_TheSeedIsNotKnownYet() public {
        request = _request();
        _as(REQUESTER);
        taskId = market.post(request);
        _drawAllWithoutBlocks();
        for (uint256 i = 0; i < 2; ++i) {
            // In the block of the post, then in the seed's own block.
            _refused(abi.encodeWithSelector(SeedUnknown.selector, market.getTask(taskId).seedBlock));
            _claim(request, ids[0]);
            VM.roll(block.number + 1);
        }
        _claim(request, ids[0]);
    }

    function test_RevertWhen_TheStakeCameWithOrAfterThePost() public {
        request = _request();
        _as(REQUESTER);
        taskId = market.post(request);
        uint32 sameSecond = _provider(STAKE);
        _later(1);
        uint32 later = _provider(STAKE);
        _drawAll(request, taskId);
        _refused(abi.encodeWithSelector(StakeTooYoung.selector, sameSecond));
        _claim(request, sameSecond);
        _refused(abi.encodeWithSelector(StakeTooYoung.selector, later));
        _claim(request, later);
    }

    function test_RevertWhen_TheTicketIsAboveTheBound() public {
        // At the very start nobody is drawn.
        VM.warp(market.getTask(taskId).openedAt);
        VM.roll(block.number + 2);
        bytes32 seed = randomness.seed(market.getTask(taskId).seedBlock);
        bytes32 ticket = Sortition.ticket(seed, taskId, 1, ids[0]);
        _refused(abi.encodeWithSelector(NotDrawn.selector, ids[0], ticket));
        _claim(request, ids[0]);
    }

    function test_RevertWhen_TheProviderIsLeaving() public {
        Request memory other = _request();
        bytes32 otherId = _post(other);
        _drawAll(other, otherId);
        _claim(other, ids[0]);
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
        // Stake bound to the other task is still active and may be drawn.
        _onlyStaker(ids[0]);
        Request memory next = _request();
        bytes32 nextId = _post(next);
        VM.warp(uint256(market.getTask(nextId).openedAt) + next.claimWindow);
        _refused(abi.encodeWithSelector(ProviderLeaving.selector, ids[0]));
        _claim(next, ids[0]);
    }

    function test_RevertWhen_TheProviderIsDormant() public {
        // A stake of exactly the minimum, then a lost seat.
        uint32 small = _provider(1_000 ether);
        _onlyStaker(small);
        _later(10);
        Request memory other = _request();
        (other.replicas, other.maxReplicas, other.minAgreeing) = (1, 1, 1);
        bytes32 otherId = _post(other);
        _drawAll(other, otherId);
        _claim(other, small);
        _later(other.commitWindow + 1);
        uint32[] memory roster = new uint32[](1);
        roster[0] = small;
        _expire(other, roster);
        isTrue(_work(small).dormant, "dormant");
        Request memory next = _request();
        bytes32 nextId = _post(next);
        _drawAll(next, nextId);
        _refused(abi.encodeWithSelector(ProviderDormant.selector, small));
        _claim(next, small);
    }

    function test_RevertWhen_TrustIsBelowTheMinimum() public {
        request = _request();
        request.minTrust = 25;
        taskId = _post(request);
        _drawAll(request, taskId);
        _setTrust(ids[0], 24);
        _setTrust(ids[1], 25);
        _refused(abi.encodeWithSelector(TrustTooLow.selector, ids[0], 24, 25));
        _claim(request, ids[0]);
        _claim(request, ids[1]);
    }

    function test_RevertWhen_TheFreeStakeIsBelowTheLock() public {
        request = _request();
        request.lock = STAKE / 2 + 1;
        taskId = _post(request);
        Request memory other = _request();
        other.lock = STAKE / 2;
        bytes32 otherId = _post(other);
        _drawAll(other, otherId);
        _claim(request, ids[0]);
        _refused(abi.encodeWithSelector(StakeNotFree.selector, ids[0], STAKE / 2, STAKE / 2 - 1));
        _claim(other, ids[0]);
    }

    function test_WhenTheSeatIsWonLate() public {
        VM.warp(uint256(market.getTask(taskId).openedAt) + request.claimWindow / 3 + 1);
        _claim(request, ids[0]);
        isTrue(!market.getSeat(taskId, ids[0]).early, "k is above 2");
    }

    function test_WhenItFillsTheRound() public {
        _fill(request, taskId, _slice(ids, 0, 3));
        Task memory task = market.getTask(taskId);
        eq(uint256(task.status), uint256(TaskStatus.Executing), "status");
        eq(task.phaseAt, block.timestamp, "clock");
        eq(task.taken, 3, "taken");
        eq(task.seats, 3, "seats");
    }

    /// @dev 18 equal identities, 3 seats: at k = 6 the bound is 1.
    function test_WhenTheWindowEnds() public {
        for (uint256 i = 0; i < 13; ++i) {
            _provider(STAKE);
        }
        _later(10);
        request = _request();
        request.replicas = 16;
        request.maxReplicas = 16;
        taskId = _post(request);
        VM.warp(uint256(market.getTask(taskId).openedAt) + request.claimWindow);
        for (uint32 id = 1; id <= 16; ++id) {
            _claim(request, id);
        }
        eq(uint256(_status(taskId)), uint256(TaskStatus.Executing), "full");
    }

    /// @dev 1,000 draws of one identity with 30 % of the stake, and of 10 identities with 3 % each, at k = 1.
    function test_GivenTheSameStakeInOneOrInManyIdentities() public pure {
        uint256 one;
        uint256 many;
        for (uint256 draw = 0; draw < 1_000; ++draw) {
            bytes32 seed = keccak256(abi.encode("draw", draw));
            if (Sortition.drawn(Sortition.ticket(seed, seed, 1, 1), 50, 300, 3, 300, 1_000)) ++one;
            for (uint256 id = 2; id < 12; ++id) {
                if (Sortition.drawn(Sortition.ticket(seed, seed, 1, id), 50, 300, 3, 30, 1_000)) ++many;
            }
        }
        // 0.9 seats expected of 3, in both cases; a standard deviation is 10 for one and 29 for many.
        atMost(one, 940, "one, above");
        atMost(860, one, "one, below");
        atMost(many, 1_000, "many, above");
        atMost(800, many, "many, below");
    }

    function test_WhenAllIsWell() public {
        _setTrust(ids[0], 42);
        _drawAll(request, taskId);
        uint256 elapsed = block.timestamp - market.getTask(taskId).openedAt;
        uint40 fraction = uint40((elapsed * (2 ** 40 - 1)) / request.rampSeconds);
        VM.expectEmit(true, true, false, true);
        emit IDecoTasks.SeatTaken(taskId, ids[0], 1, 42, true, fraction);
        _claim(request, ids[0]);
        Seat memory seat = market.getSeat(taskId, ids[0]);
        eq(uint256(seat.status), uint256(SeatStatus.Taken), "status");
        eq(seat.trust, 42, "trust of this moment");
        eq(seat.priceFraction, fraction, "price of this moment");
        isTrue(seat.early, "early");
        eq(_work(ids[0]).locked, LOCK, "locked");
        eq(_work(ids[0]).liveSeats, 1, "live seats");
        eq(uint256(_status(taskId)), uint256(TaskStatus.Open), "two seats are missing");
    }

    /// @dev All others leave, so that this provider is drawn at once.
    function _onlyStaker(uint32 kept) private {
        for (uint32 id = 1; id <= market.providerCount(); ++id) {
            if (id == kept || _stake(id).active == 0) continue;
            _as(_owner(id));
            market.deregister(id);
        }
    }

    function _allocated(Request memory open, uint32 window) private pure returns (Request memory) {
        (open.allocator, open.allocatorWindow) = (STRANGER, window);
        return open;
    }

    function _drawAllWithoutBlocks() private {
        VM.warp(uint256(market.getTask(taskId).openedAt) + request.claimWindow / 3);
    }
}
