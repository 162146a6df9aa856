// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Match} from "../../../contracts/types/Matching.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {TaskStatus} from "../../../contracts/types/Task.sol";
import {MatchingFixture} from "../MatchingFixture.sol";
import {VM} from "../support/Vm.sol";

/// @dev Requesters that want work for nothing, or harm, and others who want to use them.
contract RequestersTest is MatchingFixture {
    Request private request;
    bytes32 private taskId;
    uint32[] private three;
    uint32[] private all;

    function setUp() public override {
        super.setUp();
        three = _slice(ids, 0, 3);
        _provider(STAKE);
        _later(10);
        all = ids;
        all.push(6);
        request = _request();
    }

    function test_GivenARequesterThatEmptiesItsAccountAfterThePost() public {
        request.thresholdBps = 6_500;
        taskId = _post(request);
        VM.startPrank(REQUESTER);
        require(token.transfer(STRANGER, token.balanceOf(REQUESTER)), "gone");
        token.approve(address(market), 0);
        VM.stopPrank();
        _vote(request, taskId, three, _results(RIGHT, WRONG, keccak256("neither")));
        _voteFails(request);
        _escalate(request);
        _vote(request, taskId, _slice(all, 3, 6), _same(3, RIGHT));
        uint256 price = _price(request, taskId, all[5]);
        _settle(request, all, RIGHT);
        eq(_earned(all[5]), price, "the second round is paid");
        eq(token.balanceOf(address(market)), _owed(), "by what the market held");
    }

    function test_GivenAnInputThatOnlyFriendsAreGiven() public {
        taskId = _post(request);
        _fill(request, taskId, three);
        // The third cannot fetch the input and notices before its grace ends.
        VM.prank(_operator(three[2]));
        market.decline(request);
        eq(_stake(three[2]).active, STAKE - LOCK * 50 / 10_000, "a small fee");
        eq(_work(three[2]).trust, 10, "no trust");
        eq(_work(three[2]).locked, 0, "no lock");
        _claim(request, all[3]);
        isTrue(_status(taskId) == TaskStatus.Executing, "another sits in its place");
    }

    function test_GivenAMajorityThatFramesAnHonestOne() public {
        taskId = _post(request);
        _vote(request, taskId, three, _results(WRONG, WRONG, RIGHT));
        uint256 burned = market.pendingBurn();
        _settle(request, three, WRONG);
        eq(_stake(three[2]).active, STAKE - LOCK, "framed");
        eq(market.pendingBurn() - burned, LOCK, "burned whole");
        for (uint256 i = 0; i < 3; ++i) {
            eq(market.earningsOf(address(deco), three[i]), 0, "no voter gains");
        }
        eq(market.balanceOf(address(deco), REQUESTER), 0, "nor the requester");
        eq(market.balanceOf(address(deco), TREASURY), 0, "nor the treasury");
        eq(market.balanceOf(address(deco), RELAYER), 0, "nor the caller");
    }

    /// @dev It has their offers and its own signature, which is all that a requester has.
    function test_GivenARequesterThatBringsItsOwnIdentities() public {
        request.requester = holder;
        Match memory item = _match(request, _pair());
        _refused(abi.encodeWithSelector(NoAllocator.selector));
        _open(item);
    }

    function test_GivenARelayerThatOpensARequestOfSomebodyElse() public {
        _fund(RELAYER);
        VM.prank(RELAYER);
        market.deposit(address(token), 50e6);
        uint256 before = _balance(holder);
        request.requester = holder;
        bytes memory signature = _signRequest(request);
        VM.prank(RELAYER);
        market.openSigned(request, signature);
        eq(before - _balance(holder), _escrow(request), "who asks pays");
        eq(_balance(RELAYER), 50e6, "the relayer's balance");
        eq(token.balanceOf(RELAYER), FUNDS - 50e6, "the relayer's wallet");
        eq(deco.balanceOf(RELAYER), FUNDS, "and its DECO");
    }

    function test_GivenARequestInTheNameOfSomebodyWhoHasApprovedTheMarket() public {
        _refused(abi.encodeWithSelector(NotRequester.selector, STRANGER, REQUESTER));
        VM.prank(STRANGER);
        market.post(request);
        _refused(abi.encodeWithSelector(InvalidSignature.selector, REQUESTER));
        VM.prank(STRANGER);
        market.openSigned(request, "");
    }

    function test_GivenNoReplicaThatEverCommits() public {
        request.maxReplicas = 3;
        taskId = _post(request);
        _fill(request, taskId, three);
        _later(request.commitWindow + 1);
        _expire(request, three);
        eq(_balance(REQUESTER), _escrow(request) - request.settlementFee, "its money");
        eq(market.balanceOf(address(deco), REQUESTER), 1 ether, "and its posting fee");
    }

    function _owed() private view returns (uint256 sum) {
        sum = _balance(REQUESTER) + _balance(RELAYER) + _balance(TREASURY) + _balance(holder);
        for (uint256 i = 0; i < all.length; ++i) {
            sum += _earned(all[i]);
        }
    }
}
