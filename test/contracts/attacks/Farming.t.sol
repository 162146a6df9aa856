// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Sortition} from "../../../contracts/libraries/Sortition.sol";
import {TaskParameters} from "../../../contracts/types/Parameters.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {Task} from "../../../contracts/types/Task.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {Defaults} from "../support/Defaults.sol";
import {VM} from "../support/Vm.sol";

/// @dev Identities that want weight, or seats, that their stake does not give them.
contract FarmingTest is MatchingFixture {
    Request private request;
    bytes32 private taskId;

    function test_GivenNinetyTasksOfPriceZeroWithinAnEpoch() public {
        TaskParameters memory terms = Defaults.task();
        terms.epoch = 30 days;
        parameters.setParameters(terms, Defaults.post());
        for (uint256 i = 0; i < 90; ++i) {
            request = _request();
            (request.minPrice, request.maxPrice) = (0, 0);
            taskId = _post(request);
            _vote(request, taskId, _slice(ids, 0, 3), _same(3, RIGHT));
            _settle(request, _slice(ids, 0, 3), RIGHT);
        }
        eq(_work(ids[0]).trust, 10 + terms.agreeStep, "one step");
    }

    function test_GivenTasksThatAnOwnAllocatorSeatsWithOwnIdentities() public {
        VM.startPrank(holder);
        token.approve(address(market), 1_000e6);
        market.deposit(address(token), 1_000e6);
        VM.stopPrank();
        for (uint256 i = 0; i < 30; ++i) {
            request = _signable();
            (request.minPrice, request.maxPrice) = (0, 4_000_000);
            taskId = _openAsAllocator(_match(request, _pair()));
            _commitAndReveal(taskId, _pair(), _same(2, RIGHT));
            _settle(request, _pair(), RIGHT);
            _later(Defaults.task().epoch);
        }
        eq(_work(ids[0]).trust, 10, "not a step");
        isTrue(_earned(ids[0]) != 0, "though paid");
    }

    function test_GivenTasksPostedWhileNoFeeIsBurned() public {
        TaskParameters memory terms = Defaults.task();
        (terms.trustMoves, terms.postingFee) = (false, 0);
        parameters.setParameters(terms, Defaults.post());
        _agree(_slice(ids, 0, 3));
        eq(_work(ids[0]).trust, 10, "not a step");
    }

    function test_GivenAnIdentityOfTheHighestTrust() public {
        request = _request();
        taskId = _post(request);
        Task memory task = market.getTask(taskId);
        uint32 unlucky = _unluckiest(task);
        bytes32 ticket = Sortition.ticket(randomness.seed(task.seedBlock), taskId, 1, unlucky);
        _later(10);
        _refused(abi.encodeWithSelector(NotDrawn.selector, unlucky, ticket));
        _claim(request, unlucky);
        _setTrust(unlucky, 100);
        _refused(abi.encodeWithSelector(NotDrawn.selector, unlucky, ticket));
        _claim(request, unlucky);
    }

    /// @dev Of a thousand tasks, half of the stake in one identity, or in fifty, is drawn equally often at k = 1, to within what
    /// chance allows (four deviations of a binomial).
    function test_GivenStakeThatIsSplitOverManyIdentities() public pure {
        uint256 whole;
        uint256 split;
        for (uint256 i = 0; i < 1_000; ++i) {
            bytes32 seed = keccak256(abi.encode(i));
            // A third of a seat is expected: k = 1, one seat, a third of all stake.
            if (Sortition.drawn(Sortition.ticket(seed, 0, 1, 1), 1, 6, 1, 33_000, 100_000)) ++whole;
            for (uint256 id = 2; id < 35; ++id) {
                if (Sortition.drawn(Sortition.ticket(seed, 0, 1, id), 1, 6, 1, 1_000, 100_000)) ++split;
            }
        }
        isTrue(whole > 270 && whole < 390, "in one");
        isTrue(split > 260 && split < 400, "in thirty-three");
    }

    function test_GivenStakeThatComesAfterThePost() public {
        request = _request();
        taskId = _post(request);
        uint32 late = _provider(STAKE);
        _drawAll(request, taskId);
        _refused(abi.encodeWithSelector(StakeTooYoung.selector, late));
        _claim(request, late);
    }

    function test_GivenAnIdentityThatIsSold() public {
        _setTrust(ids[0], 90);
        _as(_owner(ids[0]));
        market.offerOwnership(ids[0], STRANGER);
        _as(STRANGER);
        market.acceptOwnership(ids[0]);
        eq(_work(ids[0]).trust, Defaults.post().trustStart, "as a newcomer");
    }

    function _unluckiest(Task memory task) private view returns (uint32 provider) {
        bytes32 seed = randomness.seed(task.seedBlock);
        bytes32 highest;
        for (uint256 i = 0; i < ids.length; ++i) {
            bytes32 ticket = Sortition.ticket(seed, taskId, 1, ids[i]);
            if (ticket > highest) (highest, provider) = (ticket, ids[i]);
        }
    }
}
