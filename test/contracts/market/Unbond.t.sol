// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Request} from "../../../contracts/types/Request.sol";
import {StakeLib} from "../../../contracts/types/Provider.sol";
import {MarketFixture} from "../MarketFixture.sol";

contract UnbondTest is MarketFixture {
    uint32 private id;

    function setUp() public override {
        super.setUp();
        id = _provider(STAKE);
        _later(10);
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, id, STRANGER));
        _as(STRANGER);
        market.unbond(id, 1);
    }

    function test_RevertWhen_TheAmountIsZero() public {
        _refused(abi.encodeWithSelector(ZeroAmount.selector));
        _as(_owner(id));
        market.unbond(id, 0);
    }

    function test_RevertWhen_TheStakeIsBoundToASeat() public {
        Request memory request = _request();
        bytes32 taskId = _post(request);
        _drawAll(request, taskId);
        _claim(request, id);
        _refused(abi.encodeWithSelector(StakeNotFree.selector, id, STAKE, STAKE - LOCK));
        _as(_owner(id));
        market.unbond(id, STAKE);
    }

    function test_RevertWhen_TheRestWouldBeBelowTheMinimum() public {
        _refused(abi.encodeWithSelector(StakeBelowMinimum.selector, 1_000 ether - 1, 1_000 ether));
        _as(_owner(id));
        market.unbond(id, STAKE - 1_000 ether + 1);
    }

    function test_WhenNothingIsLeft() public {
        _as(_owner(id));
        market.unbond(id, STAKE);
        isTrue(_work(id).dormant, "dormant");
        eq(market.totalStake(), 0, "total");
    }

    function test_WhenStakeWasUnbondingAlready() public {
        _as(_owner(id));
        market.unbond(id, 1 ether);
        _later(13 days);
        _as(_owner(id));
        market.unbond(id, 2 ether);
        eq(_identity(id).unbonding, 3 ether, "whole");
        eq(_identity(id).unbondsAt, block.timestamp + 14 days, "restarted");
    }

    function test_WhenATaskWasPostedBefore() public {
        Request memory request = _request();
        bytes32 taskId = _post(request);
        uint40 postedAt = market.getTask(taskId).postedAt;
        eq(StakeLib.activeBefore(_stake(id), postedAt), STAKE, "counted");
        _as(_owner(id));
        market.unbond(id, 3_000 ether);
        eq(StakeLib.activeBefore(_stake(id), postedAt), STAKE - 3_000 ether, "counts no longer");
    }

    function test_WhenAllIsWell() public {
        _as(_owner(id));
        market.unbond(id, 100 ether);
        eq(_stake(id).active, STAKE - 100 ether, "stake");
        eq(market.totalStake(), STAKE - 100 ether, "total");
        eq(_identity(id).unbonding, 100 ether, "unbonding");
        eq(_identity(id).unbondsAt, block.timestamp + 14 days, "until");
    }
}
