// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IDecoAccounts} from "../../../contracts/interfaces/IDecoAccounts.sol";
import {BlockingToken} from "../../../contracts/mocks/BlockingToken.sol";
import {FalseReturnToken} from "../../../contracts/mocks/FalseReturnToken.sol";
import {HookToken, ITransferHook} from "../../../contracts/mocks/HookToken.sol";
import {NoReturnToken} from "../../../contracts/mocks/NoReturnToken.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {TokenParameters} from "../../../contracts/types/Parameters.sol";
import {MarketFixture} from "../MarketFixture.sol";
import {VM} from "../support/Vm.sol";

contract WithdrawTest is MarketFixture, ITransferHook {
    address private entered;

    function setUp() public override {
        super.setUp();
        _as(REQUESTER);
        market.deposit(address(token), 1_000);
    }

    function test_RevertWhen_TheAmountIsAboveTheBalance() public {
        _refused(abi.encodeWithSelector(InsufficientBalance.selector, address(token), 1_001, 1_000));
        _as(REQUESTER);
        market.withdraw(address(token), 1_001, REQUESTER);
    }

    function test_RevertWhen_TheAmountIsZero() public {
        _refused(abi.encodeWithSelector(ZeroAmount.selector));
        _as(REQUESTER);
        market.withdraw(address(token), 0, REQUESTER);
    }

    function test_RevertWhen_TheReceiverIsTheZeroAddress() public {
        _refused(abi.encodeWithSelector(InvalidReceiver.selector, address(0)));
        _as(REQUESTER);
        market.withdraw(address(token), 1, address(0));
    }

    function test_RevertWhen_TheReceiverIsTheMarket() public {
        _refused(abi.encodeWithSelector(InvalidReceiver.selector, address(market)));
        _as(REQUESTER);
        market.withdraw(address(token), 1, address(market));
    }

    function test_RevertWhen_TheTokenAnswersFalse() public {
        FalseReturnToken sloppy = new FalseReturnToken();
        _depositOwn(sloppy);
        // Somebody stole from the market: its balance is gone.
        VM.prank(address(market));
        require(sloppy.transfer(STRANGER, 100), "theft");
        _refused(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(sloppy)));
        market.withdraw(address(sloppy), 100, STRANGER);
        eq(market.balanceOf(address(sloppy), address(this)), 100, "balance stays");
    }

    function test_RevertWhen_TheTokenIsPaused() public {
        BlockingToken blocking = new BlockingToken();
        _depositOwn(blocking);
        blocking.setPaused(true);
        _refused(abi.encodeWithSelector(BlockingToken.Paused.selector));
        market.withdraw(address(blocking), 100, STRANGER);
        _as(REQUESTER);
        market.withdraw(address(token), 1_000, STRANGER);
        eq(token.balanceOf(STRANGER), 1_000, "the other token leaves");
    }

    function test_WhenTheTokenBarsTheReceiver() public {
        BlockingToken blocking = new BlockingToken();
        _depositOwn(blocking);
        blocking.setBarred(address(this), true);
        _refused(abi.encodeWithSelector(BlockingToken.Barred.selector, address(this)));
        market.withdraw(address(blocking), 100, address(this));
        market.withdraw(address(blocking), 100, STRANGER);
        eq(blocking.balanceOf(STRANGER), 100, "paid elsewhere");
    }

    function test_RevertWhen_TheTokenCallsBackIntoWithdraw() public {
        HookToken hooked = new HookToken();
        _depositOwn(hooked);
        hooked.setHook(this);
        entered = address(hooked);
        _refused(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        market.withdraw(address(hooked), 50, address(this));
    }

    function onTransfer(address, address, uint256) external {
        market.withdraw(entered, 50, address(this));
    }

    function test_WhenTheTokenIsNoLongerListed() public {
        parameters.setToken(address(token), TokenParameters(false, 0, 0));
        _as(REQUESTER);
        market.withdraw(address(token), 1_000, STRANGER);
        eq(token.balanceOf(STRANGER), 1_000, "paid");
    }

    function test_WhenTheTokenReturnsNothing() public {
        NoReturnToken plain = new NoReturnToken();
        parameters.setToken(address(plain), TokenParameters(true, 0, 0));
        plain.mint(address(this), 70);
        plain.approve(address(market), 70);
        market.deposit(address(plain), 70);
        market.withdraw(address(plain), 70, STRANGER);
        eq(plain.balanceOf(STRANGER), 70, "paid");
    }

    function test_WhenAllIsWell() public {
        VM.expectEmit(true, true, true, true);
        emit IDecoAccounts.Withdrawn(address(token), REQUESTER, STRANGER, 300);
        _as(REQUESTER);
        market.withdraw(address(token), 300, STRANGER);
        eq(_balance(REQUESTER), 700, "balance");
        eq(token.balanceOf(STRANGER), 300, "paid");
    }

    function _depositOwn(TestToken other) private {
        parameters.setToken(address(other), TokenParameters(true, 0, 0));
        other.mint(address(this), 100);
        other.approve(address(market), 100);
        market.deposit(address(other), 100);
    }
}
