// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProviders} from "../../../contracts/interfaces/IDecoProviders.sol";
import {Request} from "../../../contracts/types/Request.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract DeregisterTest is MarketFixture {
    uint32[] private ids;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, ids[0], STRANGER));
        _as(STRANGER);
        market.deregister(ids[0]);
    }

    function test_RevertWhen_ItLeftAndNothingIsFree() public {
        _leave(ids[0]);
        _refused(abi.encodeWithSelector(NothingToWithdraw.selector, ids[0]));
        _as(_owner(ids[0]));
        market.deregister(ids[0]);
    }

    function test_GivenTheProviderHoldsASeat() public {
        Request memory request = _request();
        bytes32 taskId = _post(request);
        _fill(request, taskId, ids);
        _leave(ids[0]);
        eq(_identity(ids[0]).unbonding, STAKE - LOCK, "free stake");
        eq(_stake(ids[0]).active, LOCK, "the lock stays");
        _commitAndReveal(taskId, ids, _same(3, RIGHT));
        _settle(request, ids, RIGHT);
        isTrue(_earned(ids[0]) > 0, "paid");
        _leave(ids[0]);
        eq(_identity(ids[0]).unbonding, STAKE, "all");
        eq(_stake(ids[0]).active, 0, "nothing left");
    }

    function test_RevertWhen_ItHasLeft() public {
        Request memory request = _request();
        bytes32 taskId = _post(request);
        // Stake that counts for the task, since it was there before.
        _as(_owner(ids[0]));
        market.stake(ids[0], 1);
        _drawAll(request, taskId);
        _leave(ids[0]);
        _refused(abi.encodeWithSelector(StakeTooYoung.selector, ids[0]));
        _claim(request, ids[0]);
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, false, false, true);
        emit IDecoProviders.ProviderLeft(ids[0]);
        _leave(ids[0]);
        isTrue(_work(ids[0]).leaving, "leaving");
        eq(_identity(ids[0]).unbonding, STAKE, "unbonding");
        eq(market.totalStake(), 2 * uint256(STAKE), "total");
    }

    function _leave(uint32 id) private {
        _as(_owner(id));
        market.deregister(id);
    }
}
