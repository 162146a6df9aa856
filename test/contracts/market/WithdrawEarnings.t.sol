// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDecoAccounts} from "../../../contracts/interfaces/IDecoAccounts.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract WithdrawEarningsTest is MarketFixture {
    uint32[] private ids;
    uint256 private earned;

    function setUp() public override {
        super.setUp();
        ids = _providers(3);
        _agree(ids);
        earned = _earned(ids[0]);
        isTrue(earned > 1_000_000, "has earned");
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, ids[0], _operator(ids[0])));
        _as(_operator(ids[0]));
        market.withdrawEarnings(ids[0], address(token), 1, STRANGER);
        _refused(abi.encodeWithSelector(NotProviderOwner.selector, ids[0], _owner(ids[1])));
        _as(_owner(ids[1]));
        market.withdrawEarnings(ids[0], address(token), 1, STRANGER);
    }

    function test_RevertWhen_TheAmountIsAboveTheEarnings() public {
        _refused(abi.encodeWithSelector(InsufficientBalance.selector, address(token), earned + 1, earned));
        _as(_owner(ids[0]));
        market.withdrawEarnings(ids[0], address(token), earned + 1, STRANGER);
    }

    function test_RevertWhen_TheAmountIsZero() public {
        _refused(abi.encodeWithSelector(ZeroAmount.selector));
        _as(_owner(ids[0]));
        market.withdrawEarnings(ids[0], address(token), 0, STRANGER);
    }

    function test_RevertWhen_TheReceiverIsTheMarket() public {
        _refused(abi.encodeWithSelector(InvalidReceiver.selector, address(market)));
        _as(_owner(ids[0]));
        market.withdrawEarnings(ids[0], address(token), 1, address(market));
    }

    function test_WhenTheIdentityHasMovedToAnotherOwner() public {
        _as(_owner(ids[0]));
        market.offerOwnership(ids[0], STRANGER);
        _as(STRANGER);
        market.acceptOwnership(ids[0]);
        _as(STRANGER);
        market.withdrawEarnings(ids[0], address(token), earned, STRANGER);
        eq(token.balanceOf(STRANGER), earned, "paid");
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, true, true, true);
        emit IDecoAccounts.EarningsWithdrawn(ids[0], address(token), STRANGER, 10);
        _as(_owner(ids[0]));
        market.withdrawEarnings(ids[0], address(token), 10, STRANGER);
        eq(_earned(ids[0]), earned - 10, "earnings");
        eq(token.balanceOf(STRANGER), 10, "paid");
    }
}
