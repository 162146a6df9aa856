// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignaturePolicy} from "../../../contracts/mocks/SignaturePolicy.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {LivenessFixture} from "../LivenessFixture.sol";
import {VM} from "../support/Vm.sol";

/// @dev A provider that wants to go, with every other party silent: its own calls are enough.
contract ProviderExitsTest is LivenessFixture {
    uint32 private leaver;
    Request private request;
    bytes32 private taskId;

    function setUp() public override {
        super.setUp();
        leaver = ids[0];
        request = _request();
        request.maxReplicas = 3;
    }

    function test_GivenAProviderThatLeavesWithASeatOfAnOpenTask() public {
        taskId = _post(request);
        _drawEveryone(request, taskId);
        _claim(request, leaver);
        _leaves();
        _silence();
        _as(_operator(leaver));
        market.expire(request, _members(0, 1));
        _isGoneWith(STAKE);
    }

    function test_GivenAProviderThatLeavesWithASeatOfAFullRound() public {
        taskId = _seated(request);
        _leaves();
        _commit(taskId, leaver, RIGHT);
        _later(request.commitWindow + 1);
        _revealOne(taskId, leaver, RIGHT);
        _silence();
        _as(_operator(leaver));
        market.expire(request, _members(0, 3));
        _isGoneWith(STAKE);
    }

    function test_GivenAProviderThatLeavesAfterItRevealed() public {
        taskId = _seated(request);
        uint256 price = _price(request, taskId, leaver);
        _commitAndReveal(taskId, _members(0, 3), _same(3, RIGHT));
        _leaves();
        _silence();
        _as(_operator(leaver));
        market.settle(request, _members(0, 3), _opening(RIGHT));
        eq(_earned(leaver), price, "paid");
        _isGoneWith(STAKE);
    }

    function test_GivenAProviderThatLeavesWhileItsResultIsInItsWindow() public {
        request = _windowed();
        taskId = _accepted(request, RIGHT);
        _leaves();
        _silence();
        _as(_operator(leaver));
        market.finalize(request, _members(0, 3));
        isTrue(_earned(leaver) != 0, "paid");
        _isGoneWith(STAKE);
    }

    function test_GivenAProviderThatLeavesWithASeatOfAPanel() public {
        (request, taskId) = _wronged();
        _appeal(request);
        leaver = ids[3];
        _fillPanel(request, taskId, 0, _members(3, 4));
        _leaves();
        _silence();
        _as(_operator(leaver));
        market.escalatePanel(request, 0, _members(3, 4));
        eq(_earned(leaver), PANEL_PRICE, "paid for waiting");
        _isGoneWith(STAKE);
    }

    function test_GivenAProviderThatLeavesWithASeatThatAPolicyDecides() public {
        SignaturePolicy policy = new SignaturePolicy();
        parameters.setPolicy(address(policy), true, 200_000);
        (request.replicas, request.maxReplicas, request.minAgreeing) = (1, 1, 1);
        (request.policy, request.policyData) = (address(policy), bytes32(uint256(1)));
        taskId = _post(request);
        _luck(taskId, leaver);
        _drawEveryone(request, taskId);
        _claim(request, leaver);
        _leaves();
        _silence();
        _as(_operator(leaver));
        market.expire(request, _members(0, 1));
        _isGoneWith(STAKE - LOCK / 10);
    }

    function test_GivenAnOperatorKeyThatIsLost() public {
        taskId = _seated(request);
        bytes32 commitment = _commitment(taskId, leaver, RIGHT);
        address fresh = address(0xf4e5);
        _as(_owner(leaver));
        market.setOperator(leaver, fresh);
        _as(fresh);
        market.commit(taskId, commitment);
        _later(request.commitWindow + 1);
        _revealOne(taskId, leaver, RIGHT);
        _leaves();
        _silence();
        _as(STRANGER);
        market.expire(request, _members(0, 3));
        _isGoneWith(STAKE);
    }

    /// @dev Slashed below the minimum of an identity, which takes no seats: its stake is its own all the same.
    function test_GivenAProviderThatHasBecomeDormant() public {
        _as(_owner(leaver));
        market.unbond(leaver, STAKE - 1_000 ether);
        taskId = _post(request);
        _luck(taskId, leaver);
        _drawEveryone(request, taskId);
        for (uint256 i = 0; i < 3; ++i) {
            _claim(request, ids[i]);
        }
        _silence();
        _strangerExpires(request, _members(0, 3));
        isTrue(_work(leaver).dormant, "dormant");
        _leaves();
        _isGoneWith(STAKE - LOCK / 10);
    }

    function _leaves() private {
        _as(_owner(leaver));
        market.deregister(leaver);
    }

    /// @dev What its lock held follows the rest, and after the delay it has all in its hands.
    function _isGoneWith(uint256 stake) private {
        eq(_work(leaver).locked, 0, "no lock");
        if (_stake(leaver).active != 0) _leaves();
        _silence();
        VM.startPrank(_owner(leaver));
        market.withdrawStake(leaver);
        market.withdraw(address(deco), stake, _owner(leaver));
        VM.stopPrank();
        eq(deco.balanceOf(_owner(leaver)), FUNDS - STAKE + stake, "all in hand");
        eq(_stake(leaver).active, 0, "nothing left");
        eq(_identity(leaver).unbonding, 0, "nothing on its way");
    }
}
