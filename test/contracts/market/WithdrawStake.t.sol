// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoProviders} from "../../../contracts/interfaces/IDecoProviders.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract WithdrawStakeTest is MarketFixture {
    uint32 private id;

    function setUp() public override {
        super.setUp();
        id = _provider(STAKE);
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, id, STRANGER));
        _as(STRANGER);
        market.withdrawStake(id);
    }

    function test_RevertWhen_NothingIsUnbonding() public {
        _refused(abi.encodeWithSelector(NothingToWithdraw.selector, id));
        _as(_owner(id));
        market.withdrawStake(id);
    }

    function test_RevertWhen_TheDelayHasNotPassed() public {
        _as(_owner(id));
        market.unbond(id, 7);
        uint256 until = block.timestamp + 14 days;
        _later(14 days - 1);
        _refused(abi.encodeWithSelector(StillUnbonding.selector, id, until));
        _as(_owner(id));
        market.withdrawStake(id);
    }

    function test_WhenTheDelayHasPassed() public {
        _as(_owner(id));
        market.unbond(id, 7);
        _later(14 days);
        VM.expectEmit(true, true, false, true);
        emit IDecoProviders.StakeWithdrawn(id, _owner(id), 7);
        _as(_owner(id));
        eq(market.withdrawStake(id), 7, "amount");
        eq(market.balanceOf(address(deco), _owner(id)), 7, "credited");
        eq(_identity(id).unbonding, 0, "nothing left");
    }
}
