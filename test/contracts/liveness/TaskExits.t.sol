// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {EndReason, TaskStatus} from "../../../contracts/types/Task.sol";
import {LivenessFixture} from "../LivenessFixture.sol";
import {VM} from "../support/Vm.sol";

/// @dev States of a task that is voted on, up to its acceptance.
contract TaskExitsTest is LivenessFixture {
    uint256 private constant NO_SHOW = LOCK / 10;

    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        request = _request();
    }

    // --- open ---

    function test_GivenAnOpenTaskAndSilence() public {
        taskId = _post(request);
        _silence();
        _strangerExpires(request, _none());
        _isEnded(taskId, EndReason.Unfilled);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenAnOpenTaskWithSomeSeatsAndSilence() public {
        _twoSeats();
        _silence();
        _strangerExpires(request, _members(0, 2));
        _isEnded(taskId, EndReason.Unfilled);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenASeedThatIsLostTwice() public {
        _twoSeats();
        _loseSeed(taskId);
        _as(STRANGER);
        market.reseed(request);
        _loseSeed(taskId);
        _silence();
        _strangerExpires(request, _members(0, 2));
        _isEnded(taskId, EndReason.Unfilled);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenASeedThatIsLostOnce() public {
        taskId = _post(request);
        _loseSeed(taskId);
        _as(STRANGER);
        market.reseed(request);
        _later(1);
        _drawEveryone(request, taskId);
        _threeSettle();
    }

    function test_GivenAnAllocatorThatIsSilent() public {
        (request.allocator, request.allocatorWindow) = (address(0xa110c), 120);
        taskId = _post(request);
        _later(request.allocatorWindow + uint256(request.claimWindow) * 3 / 4);
        _threeSettle();
    }

    function test_GivenAnAllocatorThatIsSilentAndEverybodyElseToo() public {
        (request.allocator, request.allocatorWindow) = (address(0xa110c), 120);
        taskId = _post(request);
        _silence();
        _strangerExpires(request, _none());
        _isEnded(taskId, EndReason.Unfilled);
        _allGoHome(request.settlementFee, 0);
    }

    // --- executing ---

    function test_GivenAFullRoundAndSilence() public {
        taskId = _seated(request);
        _later(request.commitWindow + 1);
        _strangerEscalates(request);
        _silence();
        _strangerExpires(request, _members(0, 3));
        _isEnded(taskId, EndReason.VoteFailed);
        _allLose(0, 3, NO_SHOW);
        _allGoHome(2 * request.settlementFee, 1 ether);
    }

    function test_GivenAFullRoundThatWasTheLastAndSilence() public {
        request.maxReplicas = 3;
        taskId = _seated(request);
        _silence();
        _strangerExpires(request, _members(0, 3));
        _isEnded(taskId, EndReason.VoteFailed);
        _allLose(0, 3, NO_SHOW);
        _allGoHome(request.settlementFee, 1 ether);
    }

    /// @dev It commits, reveals, and is its own relayer and escalator.
    function test_GivenOneHonestReplicaAmongSilentOnes() public {
        request.maxReplicas = 3;
        taskId = _seated(request);
        _commit(taskId, ids[0], RIGHT);
        _later(request.commitWindow + 1);
        _revealOne(taskId, ids[0], RIGHT);
        _voteFails(request);
        _as(_operator(ids[0]));
        market.expire(request, _members(0, 3));
        _isEnded(taskId, EndReason.VoteFailed);
        eq(_balance(_operator(ids[0])), request.settlementFee, "for its call");
        _as(_operator(ids[0]));
        market.withdraw(address(token), request.settlementFee, STRANGER);
        _allLose(1, 3, NO_SHOW);
        _allGoHome(request.settlementFee, 1 ether);
    }

    // --- revealing ---

    function test_GivenCommitmentsThatNobodyReveals() public {
        request.maxReplicas = 3;
        taskId = _seated(request);
        _allCommit(RIGHT);
        _silence();
        _strangerExpires(request, _members(0, 3));
        _isEnded(taskId, EndReason.VoteFailed);
        _allLose(0, 3, LOCK);
        _allGoHome(request.settlementFee, 0);
    }

    function test_GivenVotesThatAreRevealedAndSilence() public {
        taskId = _seated(request);
        uint256 spent = _cost(request);
        _commitAndReveal(taskId, _members(0, 3), _same(3, RIGHT));
        _later(1_000 days);
        _as(_operator(ids[0]));
        market.settle(request, _members(0, 3), _opening(RIGHT));
        _as(_operator(ids[0]));
        market.withdraw(address(token), request.settlementFee, STRANGER);
        _isSettled();
        _allGoHome(spent, 0);
    }

    function test_GivenVotesThatAreRevealedAndNobodyWhoKnowsTheResult() public {
        request.maxReplicas = 3;
        taskId = _seated(request);
        uint256 consolation;
        for (uint256 i = 0; i < 3; ++i) {
            consolation += _price(request, taskId, ids[i]) / 10;
        }
        _commitAndReveal(taskId, _members(0, 3), _same(3, RIGHT));
        _silence();
        _strangerExpires(request, _members(0, 3));
        _isEnded(taskId, EndReason.VoteFailed);
        _allGoHome(consolation + request.settlementFee, 0);
    }

    function test_GivenAFurtherRoundThatIsOpenAndSilence() public {
        request.thresholdBps = 7_500;
        taskId = _seated(request);
        uint256 consolation = 2 * (_price(request, taskId, ids[0]) / 10);
        _commitAndReveal(taskId, _members(0, 3), _results(RIGHT, RIGHT, WRONG));
        _voteFails(request);
        _strangerEscalates(request);
        _silence();
        _strangerExpires(request, _members(0, 3));
        _isEnded(taskId, EndReason.VoteFailed);
        _allGoHome(consolation + 2 * request.settlementFee, 0);
    }

    function test_GivenABagWhoseItemListIsWithheld() public {
        (request.volume, request.maxReplicas) = (1_000, 3);
        taskId = _seated(request);
        uint256 consolation = 3 * (_price(request, taskId, ids[0]) / 10);
        _commitAndReveal(taskId, _members(0, 3), _same(3, keccak256("root and manifest that nobody tells")));
        _silence();
        _strangerExpires(request, _members(0, 3));
        _isEnded(taskId, EndReason.VoteFailed);
        _allGoHome(consolation + request.settlementFee, 0);
    }

    // --- final ---

    function test_GivenACallbackThatAlwaysFails() public {
        HostileReceiver receiver = new HostileReceiver();
        receiver.set(HostileReceiver.Mood.Reverts);
        (request.callback, request.callbackGas) = (address(receiver), 100_000);
        taskId = _post(request);
        _drawEveryone(request, taskId);
        uint256 spent = _claimThree();
        _commitAndReveal(taskId, _members(0, 3), _same(3, RIGHT));
        _as(STRANGER);
        market.settle(request, _members(0, 3), _opening(RIGHT));
        for (uint256 i = 0; i < 3; ++i) {
            _as(STRANGER);
            isTrue(!market.deliver(request, _opening(RIGHT)), "told, not thrown");
            _silence();
        }
        _isSettled();
        receiver.set(HostileReceiver.Mood.Accepts);
        _as(STRANGER);
        isTrue(market.deliver(request, _opening(RIGHT)), "as soon as it is willing");
        _allGoHome(spent, 0);
    }

    function test_GivenARequesterThatIsGone() public {
        taskId = _post(request);
        _silence();
        _strangerExpires(request, _none());
        uint256 refund = _escrow(request) - request.settlementFee;
        VM.warp(block.timestamp + 10_000 days);
        eq(_balance(REQUESTER), refund, "waits");
        _allGoHome(request.settlementFee, 0);
    }

    // --- steps ---

    function _twoSeats() private {
        taskId = _post(request);
        _drawEveryone(request, taskId);
        _claim(request, ids[0]);
        _claim(request, ids[1]);
    }

    function _claimThree() private returns (uint256 spent) {
        for (uint256 i = 0; i < 3; ++i) {
            _claim(request, ids[i]);
        }
        return _cost(request);
    }

    /// @dev What the requester pays when all three agree.
    function _cost(Request memory asked) private view returns (uint256) {
        uint256 prices;
        for (uint256 i = 0; i < 3; ++i) {
            prices += _price(asked, taskId, ids[i]);
        }
        return prices + prices * 200 / 10_000 + asked.settlementFee;
    }

    function _allCommit(bytes32 result) private {
        for (uint256 i = 0; i < 3; ++i) {
            _commit(taskId, ids[i], result);
        }
    }

    function _threeSettle() private {
        uint256 spent = _claimThree();
        _commitAndReveal(taskId, _members(0, 3), _same(3, RIGHT));
        _as(STRANGER);
        market.settle(request, _members(0, 3), _opening(RIGHT));
        _isSettled();
        _allGoHome(spent, 0);
    }

    function _isSettled() private view {
        isTrue(_status(taskId) == TaskStatus.Settled, "settled");
    }
}
